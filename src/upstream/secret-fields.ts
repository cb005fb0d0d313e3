/** `SECRET_FIELDS`: which texts of each kind of entity are sensitive. Event logs, log lines, scopes and exports go by it. */
import type { Kind, Kinds } from './types.ts';

const PROFILE = ['environmentVariables.*.value', 'secretsProvided.*.secretName'] as const;

/**
 * By the kind of entity, each as a path in which `*` is any item of a list. What the scope `environment:read` guards in the
 * graph is here, and only that.
 */
export const SECRET_FIELDS = {
  scenarioRun: PROFILE,
  benchmarkRun: PROFILE,
  benchmarkJob: [
    'source.inlineYaml',
    'agentConfigs.*.parameters.*.key',
    'agentConfigs.*.parameters.*.value',
    'agentConfigs.*.environmentVariables.*.value',
    'agentConfigs.*.secretsProvided.*.secretName',
    'inProgressRuns.*.agent.parameters.*.key',
    'inProgressRuns.*.agent.parameters.*.value',
    'inProgressRuns.*.agent.environmentVariables.*.value',
    'inProgressRuns.*.agent.secretsProvided.*.secretName',
  ],
  benchmark: ['requiredSecretNames.*'],
  scenario: ['requiredSecretNames.*'],
  devbox: [],
} as const satisfies { readonly [K in Kind]: readonly TextPath<Kinds[K]>[] };

/** A path to a sensitive text of a kind of entity. */
export type SecretPath<K extends Kind> = (typeof SECRET_FIELDS)[K][number];

/** A kind of entity without the properties that hold anything sensitive. */
export type WithoutSecrets<K extends Kind> = Omit<Kinds[K], FirstOf<SecretPath<K>>>;

/**
 * What properties are called that hold nothing but sensitive texts, here and in the upstream's answers. A pair's `key` and
 * `value` say nothing by themselves: the list that they are in is named in their place.
 */
export const SECRET_NAMES: readonly string[] = namesOf(Object.values(SECRET_FIELDS).flat());

/** The paths to all texts of free form: a word of an enumeration is none. */
type TextPath<T> = T extends readonly (infer Item)[]
  ? PathUnder<'*', Item>
  : T extends object
    ? { readonly [P in keyof T & string]: PathUnder<P, T[P]> }[keyof T & string]
    : never;

type PathUnder<P extends string, V> =
  NonNullable<V> extends string
    ? string extends NonNullable<V>
      ? P
      : never
    : `${P}.${TextPath<NonNullable<V>>}`;

type FirstOf<Path extends string> = Path extends `${infer First}.${string}` ? First : Path;

function namesOf(paths: readonly string[]): readonly string[] {
  const names = new Set<string>();
  for (const path of paths) {
    const named = path.replace(/\.\*\.(?:key|value)$/, '').replace(/\.\*$/, '');
    const name = named.slice(named.lastIndexOf('.') + 1);
    names.add(name).add(name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
  }
  return [...names];
}
