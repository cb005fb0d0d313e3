/** A plugin that writes down which of its hooks are called, in their order. */
import type { Plugin } from '@envelop/core';

export interface Recorder {
  readonly plugin: Plugin;
  /** What was called since the last look. */
  readonly calls: () => string[];
}

const HIDDEN = (error: unknown) => (error instanceof Error ? error.constructor.name : 'nothing');

export function createRecorder(): Recorder {
  const calls: string[] = [];
  const plugin: Plugin = {
    onParse: () => {
      calls.push('parse');
      return ({ result }) => void calls.push(result instanceof Error ? 'parse failed' : 'parsed');
    },
    onValidate: () => {
      calls.push('validate');
      return ({ valid }) => void calls.push(valid ? 'valid' : 'invalid');
    },
    onContextBuilding: () => void calls.push('context'),
    onExecute: () => {
      calls.push('execute');
      return {
        onExecuteDone: ({ result }) => {
          const { errors = [] } = result as { errors?: readonly { readonly originalError?: unknown }[] };
          calls.push(['executed', ...errors.map(({ originalError }) => HIDDEN(originalError))].join(' '));
        },
      };
    },
    onSubscribe: () => {
      calls.push('subscribe');
      return { onSubscribeResult: () => void calls.push('subscribed') };
    },
  };
  return { plugin, calls: () => calls.splice(0) };
}

export const READ = ['parse', 'parsed', 'validate', 'valid'] as const;
export const ALL = [...READ, 'context', 'execute', 'executed'] as const;
