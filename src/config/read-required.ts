/** `ReadRequired`: reads a setting that has a value, by default or as given. */
import type { SettingName, SettingValues } from '../settings/settings.ts';

/** A value that is not usable is reported by `loadConfig`, which then throws before anything uses it. */
export type ReadRequired = <Name extends SettingName>(name: Name) => NonNullable<SettingValues[Name]>;
