/** `readManifest`: the documents of a file that a client's build wrote, in the form of any of the tools that write one. */
import { UnusableFile } from './watched-file.ts';

/** A document under the id that its client names it by. */
export interface ManifestDocument {
  readonly id: string;
  readonly text: string;
}

const EXPECTED =
  'expected a JSON object of documents by id (GraphQL Code Generator, Relay, Apollo Kotlin, or `npm run trusted-documents`) or an Apollo persisted query manifest';

/** Throws an `UnusableFile` when the text is no manifest. Whether its documents can be executed is not looked at. */
export function readManifest(text: string): readonly ManifestDocument[] {
  const content = asObject(parsed(text));
  if (!content) throw new UnusableFile([EXPECTED]);
  return content['format'] === undefined ? byId(content) : operationsOf(content);
}

/** Ids and texts; Apollo Kotlin's `operationOutput` has an object with the text as its `source`. */
function byId(content: Readonly<Record<string, unknown>>): readonly ManifestDocument[] {
  return Object.entries(content).map(([id, value]) => {
    const text = asObject(value)?.['source'] ?? value;
    if (typeof text !== 'string') throw new UnusableFile([`${EXPECTED}: ${quoted(id)} names no text`]);
    return { id, text };
  });
}

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';

/** Apollo's manifest, which Apollo Client, iOS and Kotlin write: a list of operations, each with its `id` and `body`. */
function operationsOf({ format, version, operations }: Readonly<Record<string, unknown>>) {
  if (format !== APOLLO_FORMAT || version !== 1 || !Array.isArray(operations)) {
    throw new UnusableFile([
      `expected a manifest of the format ${quoted(APOLLO_FORMAT)} and version 1 with \`operations\``,
    ]);
  }
  return operations.map((operation: unknown, index): ManifestDocument => {
    const { id, body } = asObject(operation) ?? {};
    if (typeof id === 'string' && typeof body === 'string') return { id, text: body };
    throw new UnusableFile([
      `expected every operation of the manifest to have an \`id\` and a \`body\`, operation ${String(index)} has not`,
    ]);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/** Ids come from a file that anything may have written: one is printed in a line of its own, and not whole. */
function quoted(id: string): string {
  return JSON.stringify(id.slice(0, 100));
}
