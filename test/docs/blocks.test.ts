/** How the examples of a document are found and run, by a document that has one of each kind. */
import { describe, expect, it } from 'vitest';
import { createTestGateway } from '../support/gateway.ts';
import { examplesOf, strayAnswers } from './blocks.ts';
import { differences, treeOf } from './compare.ts';
import { runExample } from './run-example.ts';

const FENCE = '```';
const block = (info: string, text: string) => `${FENCE}${info}\n${text}\n${FENCE}\n`;
const DOCUMENT = [
  block('graphql', 'query Of($first: Int!) { scenarioRuns(first: $first) { nodes { state } } }'),
  block('json variables', '{ "first": 1 }'),
  block('json', '{ "data": { "scenarioRuns": { "nodes": [{ "state": "RUNNING" }] } } }'),
  block('graphql', 'subscription { scenarioRun(id: "ID") { kind scenarioRun { state } } }'),
  block('sh', `echo '{ "a": 1 }' > left.json; echo ak_…`),
  block('json left.json', '{ "a": 2 }'),
  block('text', 'nothing'),
  block('js', 'nobody(runs(this))'),
  block('json', '{ "nobody": "asked" }'),
].join('\nSome words.\n\n');

describe('the examples of a document', () => {
  it('have what belongs to them: variables, files, an answer; what belongs to nothing is found', () => {
    const found = examplesOf(DOCUMENT).map(({ run, variables, files, answer }) => [
      run.language,
      variables?.title ?? null,
      files.map(({ title }) => title),
      answer?.language ?? null,
    ]);
    expect(found).toEqual([
      ['graphql', 'variables', [], 'json'],
      ['graphql', null, [], null],
      ['sh', null, ['left.json'], 'text'],
    ]);
    expect(strayAnswers(DOCUMENT).map(({ text }) => text)).toEqual(['{ "nobody": "asked" }\n']);
  });

  it('run as a reader runs them, and what is printed wrong is found', async () => {
    await using gateway = await createTestGateway();
    const { world, url } = gateway;
    const { id } = world.life.scenarioRuns.start(world.insert.scenario());
    const [query, subscription, shell] = examplesOf(DOCUMENT.replace('ID', id));
    if (!query?.answer || !subscription || !shell?.files[0]) throw new Error('There are three examples');

    const { output } = await runExample(query, url);
    const came = treeOf(query.answer, output);
    const compare = (printed: string) =>
      differences(JSON.parse(printed) as unknown, came, { isMoved: () => false });
    expect(compare(query.answer.text)).toEqual([]);
    expect(compare(query.answer.text.replace('RUNNING', 'SCORED'))).toEqual([
      '.data.scenarioRuns.nodes.0.state is printed as "SCORED" and came as "RUNNING"',
    ]);

    expect((await runExample(subscription, url)).output).toContain('"kind":"SNAPSHOT"');
    const ran = await runExample(shell, url);
    expect(ran.output).toBe('ak_example\n');
    expect(treeOf(shell.files[0], ran.files.get('left.json')?.toString() ?? '')).toEqual({ a: 1 });
  });
});
