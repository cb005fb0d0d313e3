/** The fenced blocks of a Markdown document: what can be run, and what is printed as its answer. */

export interface Block {
  /** Such as `sh`, `graphql`, `json`. */
  readonly language: string;
  /** What stands behind the language: `variables` of the query before it, or the file that the shell lines before it have left. */
  readonly title: string | null;
  readonly text: string;
  /** Where the text stands in the document. */
  readonly start: number;
  readonly end: number;
}

/** Something that can be run, and the block behind it that prints what comes, when there is one. */
export interface Example {
  readonly run: Block;
  /** Of a query. */
  readonly variables: Block | null;
  /** Files that shell lines leave, as they are printed. */
  readonly files: readonly Block[];
  readonly answer: Block | null;
}

const RUNNABLE = ['sh', 'graphql'];
const ANSWERS = ['json', 'csv', 'text'];

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^(```(\w+)(?: (\S+))?\n)([\s\S]*?)^```$/gm)].map((match) => {
    const [, fence = '', language = '', title = null, text = ''] = match;
    const start = match.index + fence.length;
    return { language, title, text, start, end: start + text.length };
  });
}

export function examplesOf(markdown: string): readonly Example[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((run, index) => {
    if (!RUNNABLE.includes(run.language)) return [];
    const behind = blocks.slice(index + 1);
    const ownCount = behind.findIndex(({ title }) => title === null);
    const own = behind.slice(0, ownCount === -1 ? behind.length : ownCount);
    const next = behind[own.length];
    const answer = next && ANSWERS.includes(next.language) ? next : null;
    const variables = own.find(({ title }) => title === 'variables') ?? null;
    return [{ run, variables, files: own.filter((block) => block !== variables), answer }];
  });
}

/** Answers that stand behind nothing that can be run: nobody could check them. */
export function strayAnswers(markdown: string): readonly Block[] {
  const known = examplesOf(markdown).flatMap(({ answer, variables, files }) => [answer, variables, ...files]);
  const starts = known.map((block) => block?.start);
  return blocksOf(markdown).filter(
    ({ language, start }) => ANSWERS.includes(language) && !starts.includes(start),
  );
}
