/** `DocumentRecords`: how often documents are executed, and the compiled code of those that are executed often enough. */
import type { DocumentNode } from 'graphql';
import type { Compile, Compiled } from './compiler.ts';
import { conditionNames } from './conditions.ts';
import type { OperationToCompile } from './template.ts';

export interface ExecutionSettings {
  /** Documents held as compiled code, each operation and each choice of its directives for itself; 0 compiles none. */
  readonly compiledDocuments: number;
  /** Which execution of a document is the first by compiled code: until then, compiling would cost more than it saves. */
  readonly compileAtExecution: number;
  /** A document with more fields is not compiled; those of a fragment count wherever it is spread. */
  readonly compiledMaxFields: number;
}

export interface DocumentRecords {
  /** Counts an execution: true once there have been enough. A document that nobody holds any more is forgotten. */
  isWorthIt(document: DocumentNode): boolean;
  /** Whether the next execution of a document may be the one that compiles it. Counts nothing. */
  readonly isAboutToCompile: (document: DocumentNode) => boolean;
  /** The compiled code of an operation; null while it is not worth it, or when it cannot be compiled. */
  compiled(operation: OperationToCompile, compile: Compile): Compiled | null;
  readonly compiledCount: number;
}

interface DocumentRecord {
  executions: number;
  /** Variables that decide what is included; read when it is first worth it. */
  conditions: readonly string[] | null;
  /** By operation and by the values of those variables. */
  readonly variants: Map<string, Variant>;
}

interface Variant {
  executions: number;
  /** Null when it cannot be compiled; undefined when nobody has tried, or it had to make room. */
  code: Compiled | null | undefined;
}

export function createDocumentRecords({
  compiledDocuments,
  compileAtExecution,
}: ExecutionSettings): DocumentRecords {
  const records = new WeakMap<DocumentNode, DocumentRecord>();
  /** Variants that have code, the one used longest ago first. */
  const held = new Set<Variant>();

  const recordOf = (document: DocumentNode): DocumentRecord => {
    let record = records.get(document);
    if (!record) {
      record = { executions: 0, conditions: null, variants: new Map() };
      records.set(document, record);
    }
    return record;
  };

  const variantOf = ({ document, operation, variables }: OperationToCompile): Variant => {
    const record = recordOf(document);
    record.conditions ??= conditionNames(document);
    const key = JSON.stringify([operation.name?.value, ...record.conditions.map((name) => variables[name])]);
    let variant = record.variants.get(key);
    if (!variant) {
      // Whoever tries every combination starts from the beginning.
      if (record.variants.size >= compiledDocuments) record.variants.clear();
      // Where nothing is conditional, the executions of the document are those of its variant.
      variant = { executions: record.conditions.length > 0 ? 0 : compileAtExecution, code: undefined };
      record.variants.set(key, variant);
    }
    return variant;
  };

  const hold = (variant: Variant) => {
    held.delete(variant);
    held.add(variant);
    for (const oldest of held) {
      if (held.size <= compiledDocuments) return;
      held.delete(oldest);
      oldest.code = undefined;
    }
  };

  return {
    get compiledCount() {
      return held.size;
    },
    isWorthIt(document) {
      return ++recordOf(document).executions >= compileAtExecution;
    },
    isAboutToCompile(document) {
      const record = records.get(document);
      if (compiledDocuments === 0 || (record?.executions ?? 0) + 1 < compileAtExecution) return false;
      const variants = [...(record?.variants.values() ?? [])];
      return variants.length === 0 || variants.some(({ code }) => code === undefined);
    },
    compiled(operation, compile) {
      const variant = variantOf(operation);
      if (variant.code === undefined && ++variant.executions >= compileAtExecution)
        variant.code = compile(operation);
      if (!variant.code) return null;
      hold(variant);
      return variant.code;
    },
  };
}
