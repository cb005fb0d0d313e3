/** Metrics, which Prometheus reads. */
import { z } from 'zod';
import { oneOf, setting, type Setting } from './setting.ts';

export const METRICS_SETTINGS = {
  METRICS: oneOf(['on', 'off'], {
    means:
      'Whether `/metrics` is answered. By default `on` when METRICS_TOKEN or METRICS_PORT is set, and where whoever works on this machine may use the gateway without credentials.',
    default: null,
  }),
  METRICS_PORT: setting({
    means: 'Port of its own that `/metrics` is answered on, and there alone; 0 takes any free one.',
    expects: 'a whole number from 0 to 65535',
    default: null,
    schema: z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(z.int().max(65_535)),
  }),
  METRICS_HOST: setting({
    means: 'Address that METRICS_PORT is listened on. By default that of HOST.',
    expects: 'a host name or IP address',
    default: null,
    schema: z.string().regex(/^[A-Za-z0-9.:_-]{1,253}$/),
  }),
  METRICS_TOKEN: setting({
    means: 'Whoever reads `/metrics` has to bring this as `Authorization: Bearer`. By default nobody has to.',
    expects: '16 to 512 visible ASCII characters',
    default: null,
    schema: z.string().regex(/^[\x21-\x7e]{16,512}$/),
    isSecret: true,
  }),
} as const satisfies Record<string, Setting<unknown>>;
