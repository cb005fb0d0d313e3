/** `JobSource`: what a benchmark job was made from. */
import type { JobSource as JobSourceShape } from '../../src/upstream/types.ts';
import { Benchmark } from '../benchmark/type.ts';
import { builder } from '../builder.ts';

type SourceOf<Type extends JobSourceShape['type']> = Extract<JobSourceShape, { type: Type }>;

const HarborJobSource = builder.objectRef<SourceOf<'harbor'>>('HarborJobSource').implement({
  description: 'A job that was made from a Harbor configuration.',
  fields: (t) => ({
    inlineYaml: t.exposeString('inlineYaml', {
      nullable: true,
      authScopes: { 'environment:read': true },
      description:
        'The configuration, which may hold credentials; null, with an error on its path, for callers without the scope `environment:read`.',
    }),
  }),
});

const DefinedJobSource = builder.objectRef<SourceOf<'benchmark'>>('BenchmarkJobSource').implement({
  description: 'A job that was made from a benchmark.',
  fields: (t) => ({
    benchmark: t.field({
      type: Benchmark,
      nullable: true,
      description: 'The benchmark; null when it is gone.',
      resolve: ({ benchmarkId }, _args, { loaders }) =>
        benchmarkId === null ? null : loaders.benchmark.load(benchmarkId),
    }),
    benchmarkName: t.exposeString('benchmarkName', {
      nullable: true,
      description: 'The name of the benchmark, which costs no call; null when the upstream does not say.',
    }),
  }),
});

const ScenariosJobSource = builder.objectRef<SourceOf<'scenarios'>>('ScenariosJobSource').implement({
  description: 'A job that was made from single scenarios.',
  fields: (t) => ({
    scenarioIds: t.exposeIDList('scenarioIds', { description: 'The ids of the scenarios.' }),
  }),
});

const UnknownJobSource = builder.objectRef<SourceOf<'unknown'>>('UnknownJobSource').implement({
  description: 'A job that was made in a way which this version of the gateway does not know.',
  fields: (t) => ({
    typeName: t.exposeString('typeName', { description: "The upstream's name for that way." }),
  }),
});

export const JobSource = builder.unionType('JobSource', {
  description: 'What a job was made from.',
  types: [HarborJobSource, DefinedJobSource, ScenariosJobSource, UnknownJobSource],
  resolveType: ({ type }) => {
    switch (type) {
      case 'harbor':
        return HarborJobSource.name;
      case 'benchmark':
        return DefinedJobSource.name;
      case 'scenarios':
        return ScenariosJobSource.name;
      case 'unknown':
        return UnknownJobSource.name;
    }
  },
});
