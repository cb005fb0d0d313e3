/** Answers that went wrong: broken JSON, unknown enum values, fields of a later version of the API. */
import type { Fault } from './faults.ts';

/** The JSON as the faults leave it. */
export function distort(json: string, faults: readonly Fault[]): string {
  return faults.reduce((text, fault) => {
    switch (fault.kind) {
      case 'malformedJson':
        return `{"id": oops${text.slice(0, 20)}`;
      case 'truncatedJson':
        return text.slice(0, Math.ceil(text.length / 2));
      case 'unknownEnum':
        return JSON.stringify(withState(JSON.parse(text), fault.value ?? 'hibernating'));
      case 'extraFields':
        return JSON.stringify(withFields(JSON.parse(text), fault.fields ?? EXTRA_FIELDS));
      case 'latency':
      case 'rateLimit':
      case 'status':
      case 'reset':
      case 'stall':
        return text;
    }
  }, json);
}

const EXTRA_FIELDS = { region: 'eu-west-1', billing_tags: ['evals'], lineage: { parent_id: null, depth: 0 } };

/** Puts the value into every `state` and `status`, however deep. */
function withState(value: unknown, state: string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withState(item, state));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      (name === 'state' || name === 'status') && typeof field === 'string' ? state : withState(field, state),
    ]),
  );
}

/** Adds the fields to the object and to the objects in its lists. */
function withFields(value: unknown, fields: Readonly<Record<string, unknown>>, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => withFields(item, fields, depth));
  if (!isObject(value) || depth > 1) return value;
  const known = Object.entries(value).map(([name, field]) => [
    name,
    Array.isArray(field) ? withFields(field, fields, depth + 1) : field,
  ]);
  return { ...fields, ...(Object.fromEntries(known) as object) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
