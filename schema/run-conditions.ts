/** The conditions of every filter of runs that the upstream does not know and the gateway applies itself. */
import type { EnumRef, InputFieldBuilder } from '@pothos/core';
import type { KeyValue } from '../src/upstream/types.ts';
import { builder, type SchemaTypes } from './builder.ts';
import { Outcome } from './scoring/result.ts';

type Fields = InputFieldBuilder<SchemaTypes, 'InputObject'>;

const SCANNED =
  'Matched by the gateway, over a bounded part of the list in the order of the upstream: see `isExhaustive`.';

const MetadataCondition = builder.inputRef<KeyValue>('MetadataCondition').implement({
  description: 'An entry that has to be among the metadata.',
  fields: (t) => ({
    key: t.string({ required: true, description: 'The name of the entry.' }),
    value: t.string({ required: true, description: 'The text under that name, exactly.' }),
  }),
});

export function runConditions<State extends string>(t: Fields, state: EnumRef<SchemaTypes, State>) {
  return {
    states: t.field({
      type: [state],
      description: `Runs in any of these states. One alone is asked of the upstream. ${SCANNED}`,
    }),
    startedAfter: t.field({
      type: 'DateTime',
      description: `Runs that started at this instant or later. Lists are newest first, so that the gateway stops looking behind it. ${SCANNED}`,
    }),
    startedBefore: t.field({
      type: 'DateTime',
      description: `Runs that started before this instant. ${SCANNED}`,
    }),
    metadata: t.field({
      type: [MetadataCondition],
      description: `Runs with every one of these entries, 1 to 20. ${SCANNED}`,
    }),
    minScore: t.float({
      description: `Runs with this score, 0 to 1, or a higher one; a run without a score is not among them. ${SCANNED}`,
    }),
    maxScore: t.float({
      description: `Runs with this score, 0 to 1, or a lower one; a run without a score is not among them. ${SCANNED}`,
    }),
    minDurationMs: t.float({
      description: `Runs that took so many milliseconds, 0 or more, or longer; a run without a duration is not among them. ${SCANNED}`,
    }),
    maxDurationMs: t.float({
      description: `Runs that took at most so many milliseconds; a run without a duration is not among them. ${SCANNED}`,
    }),
  };
}

export function outcomeCondition(t: Fields) {
  return t.field({
    type: Outcome,
    description: `Runs that ended so. FAILED finds runs that were scored below 1, which are SCORED or COMPLETED; ERRORED those that broke, among them all in the state FAILED. ${SCANNED}`,
  });
}
