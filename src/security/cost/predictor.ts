/** `createPredictor`: `predict`, cached by document and by the variables that its cost depends on. */
import type { DocumentNode } from 'graphql';
import { predict, type PredictedOperation, type Prediction, type PredictOptions } from './predict.ts';

export type Predict = (operation: PredictedOperation) => Prediction;

/** Predictions of one operation of a document. */
interface Known {
  /** The variables that any of them depends on. */
  readonly names: ReadonlySet<string>;
  /** By the values of these variables, as JSON. */
  readonly predictions: Map<string, Prediction>;
}

/** Sets of variables that are cached for each operation: mostly page sizes, which are few. */
const MAX_PREDICTIONS = 20;

/** Values that are longer than this, in characters, are not cached. */
const MAX_KEY_LENGTH = 500;

/** Cached predictions are released with their document. */
export function createPredictor(options: Omit<PredictOptions, 'onVariable'>): Predict {
  const documents = new WeakMap<DocumentNode, Map<string, Known>>();
  return (operation) => {
    const { document, operationName, variables } = operation;
    let operations = documents.get(document);
    if (!operations) documents.set(document, (operations = new Map<string, Known>()));
    const known = operations.get(operationName ?? '');
    const cached = known?.predictions.get(keyOf(known.names, variables));
    if (cached) return cached;

    const names = new Set(known?.names);
    const size = names.size;
    const prediction = predict(operation, {
      ...options,
      onVariable: (name) => {
        names.add(name);
      },
    });
    // What was predicted before it was known that these matter says nothing about them.
    const isKept = known && names.size === size && known.predictions.size < MAX_PREDICTIONS;
    const predictions = isKept ? known.predictions : new Map<string, Prediction>();
    const key = keyOf(names, variables);
    if (key.length <= MAX_KEY_LENGTH) predictions.set(key, prediction);
    operations.set(operationName ?? '', { names, predictions });
    return prediction;
  };
}

function keyOf(names: ReadonlySet<string>, variables: Readonly<Record<string, unknown>>): string {
  return names.size === 0
    ? ''
    : JSON.stringify([...names].map((name) => (name in variables ? [variables[name]] : 0)));
}
