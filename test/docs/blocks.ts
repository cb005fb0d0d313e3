/** The fenced blocks of a Markdown document: what can be run, and what is printed as its answer. */

export interface Block {
  /** Such as `sh`, `graphql`, `json`. */
  readonly language: string;
  readonly text: string;
  /** Where the text stands in the document. */
  readonly start: number;
  readonly end: number;
}

/** Something that can be run, and the block behind it that prints what comes, when there is one. */
export interface Example {
  readonly run: Block;
  readonly answer: Block | null;
}

const RUNNABLE = ['sh', 'graphql'];

function blocksOf(markdown: string): readonly Block[] {
  return [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map((match) => {
    const [, language = '', text = ''] = match;
    const start = match.index + '```'.length + language.length + 1;
    return { language, text, start, end: start + text.length };
  });
}

export function examplesOf(markdown: string): readonly Example[] {
  const blocks = blocksOf(markdown);
  return blocks.flatMap((run, index) => {
    if (!RUNNABLE.includes(run.language)) return [];
    const next = blocks[index + 1];
    const answer = next && !RUNNABLE.includes(next.language) && next.language !== 'mermaid' ? next : null;
    return [{ run, answer }];
  });
}

/** Answers that stand behind nothing that can be run: nobody could check them. */
export function strayAnswers(markdown: string): readonly Block[] {
  const answers = examplesOf(markdown).map(({ answer }) => answer?.start);
  return blocksOf(markdown).filter(
    ({ language, start }) => ['json', 'csv', 'text'].includes(language) && !answers.includes(start),
  );
}
