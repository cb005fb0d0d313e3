import { assertObjectType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { declaredScopes } from '../../schema/default-deny.ts';
import { schema } from '../../schema/index.ts';
import { createRedaction } from '../../src/observability/redact.ts';
import { createTextChange } from '../../src/security/text-change.ts';
import { SECRET_FIELDS, SECRET_NAMES, type SecretPath } from '../../src/upstream/secret-fields.ts';
import type { Kind } from '../../src/upstream/types.ts';

const PROFILE = {
  'environmentVariables.*.value': ['EnvironmentVariable', 'value'],
  'secretsProvided.*.secretName': ['SecretReference', 'secretName'],
} as const;
const PARAMETERS = ['JobAgent', 'parameters'] as const;

/** The field of the graph that leads to each sensitive text. One that is new does not compile until it has one. */
const GUARDED: { readonly [K in Kind]: Readonly<Record<SecretPath<K>, readonly [string, string]>> } = {
  scenarioRun: PROFILE,
  benchmarkRun: PROFILE,
  benchmarkJob: {
    'source.inlineYaml': ['HarborJobSource', 'inlineYaml'],
    'agentConfigs.*.parameters.*.key': PARAMETERS,
    'agentConfigs.*.parameters.*.value': PARAMETERS,
    'agentConfigs.*.environmentVariables.*.value': PROFILE['environmentVariables.*.value'],
    'agentConfigs.*.secretsProvided.*.secretName': PROFILE['secretsProvided.*.secretName'],
    'inProgressRuns.*.agent.parameters.*.key': PARAMETERS,
    'inProgressRuns.*.agent.parameters.*.value': PARAMETERS,
    'inProgressRuns.*.agent.environmentVariables.*.value': PROFILE['environmentVariables.*.value'],
    'inProgressRuns.*.agent.secretsProvided.*.secretName': PROFILE['secretsProvided.*.secretName'],
  },
  benchmark: { 'requiredSecretNames.*': ['Benchmark', 'requiredSecretNames'] },
  scenario: { 'requiredSecretNames.*': ['Scenario', 'requiredSecretNames'] },
  devbox: {},
};

const FIELDS = [
  ...new Map(
    Object.values(GUARDED)
      .flatMap((paths) => Object.values(paths))
      .map((field) => [field.join('.'), field]),
  ).values(),
];

/** The fields of all types that declare the scope `environment:read`. */
function guardedFields(): readonly string[] {
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter((field) => declaredScopes(field)?.includes('environment:read'))
        .map((field) => `${type.name}.${field.name}`),
    );
}

describe('what is sensitive of an entity', () => {
  it.each(FIELDS)('is shown by %s.%s only to callers with the scope environment:read', (type, field) => {
    const found = assertObjectType(schema.getType(type)).getFields()[field];

    expect(found && declaredScopes(found)).toEqual(['environment:read']);
  });

  it('is all that the scope environment:read guards', () => {
    expect([...guardedFields()].sort()).toEqual(FIELDS.map((field) => field.join('.')).sort());
  });

  it.each(Object.entries(SECRET_FIELDS))('names no path of %s twice', (_kind, paths) => {
    expect(new Set<string>(paths).size).toBe(paths.length);
  });

  it.each(SECRET_NAMES)('is taken out of a log line that quotes %s, as JSON and as code', (name) => {
    const redact = createRedaction();
    for (const quoted of [
      `Expected {"${name}":[{"name":"TOKEN","value":"CANARY"}]} to be accepted`,
      `Expected { ${name}: { TOKEN: 'CANARY' } } to be accepted`,
      `Expected ${name} = "CANARY"`,
    ]) {
      expect(redact(quoted)).toContain(`Expected`);
      expect(redact(quoted)).toContain(name);
      expect(redact(quoted)).not.toContain('CANARY');
    }
    expect(redact(`Expected ${name} to be given`)).toBe(`Expected ${name} to be given`);
  });
});

describe('a change of texts', () => {
  it('changes what is at the paths, and shares everything else with what it was given', () => {
    const value = {
      a: [{ text: 'x', other: { deep: 'kept' } }, { text: null }],
      b: { list: ['y', 'z'] },
      c: ['kept'],
    };
    const changed = createTextChange(['a.*.text', 'b.list.*', 'missing.*.text'])(
      value,
      (text) => `<${text}>`,
    );

    expect(changed).toEqual({
      ...value,
      a: [{ ...value.a[0], text: '<x>' }, { text: null }],
      b: { list: ['<y>', '<z>'] },
    });
    expect(changed.c).toBe(value.c);
    expect(changed.a[0]?.other).toBe(value.a[0]?.other);
    expect(value.b.list).toEqual(['y', 'z']);
  });

  it('answers the value itself where there is nothing to change', () => {
    const value = { a: [], b: null };

    expect(createTextChange(['a.*.text', 'b.list.*'])(value, () => 'changed')).toBe(value);
  });
});
