/** `npm run readme`: prints the answers in README.md and docs/ anew, as a world gives them that has just begun. Events stay as they are. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { examplesOf } from './blocks.ts';
import { answersAt, isStill } from './worlds.ts';

const WIDTH = 110;
const root = new URL('../../', import.meta.url);
const docs = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
for (const path of ['README.md', ...docs.map((name) => `docs/${name}`)]) await printAnew(new URL(path, root));

async function printAnew(file: URL): Promise<void> {
  let markdown = await readFile(file, 'utf8');
  const examples = examplesOf(markdown).filter(isStill);
  if (examples.length === 0) return;
  const answers = await answersAt(examples, { ageMs: 0 });

  // From the end, so that what comes before keeps its place.
  for (const [index, { answer }] of [...examples.entries()].reverse()) {
    if (!answer) continue;
    const value = answers[index];
    const text =
      answer.language === 'csv'
        ? `${(value as string[][]).map((cells) => cells.join(',')).join('\n')}\n`
        : `${printed(value)}\n`;
    markdown = markdown.slice(0, answer.start) + text + markdown.slice(answer.end);
  }
  const options = await resolveConfig(file.pathname);
  await writeFile(file, await format(markdown, { ...options, parser: 'markdown' }));
}

/** JSON with as much on a line as fits. */
function printed(value: unknown, indent = '', room = WIDTH): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const [open, close] = isList ? ['[', ']'] : ['{ ', ' }'];
  const entries: [string, unknown][] = Object.entries(value);
  if (entries.length === 0) return isList ? '[]' : '{}';
  const prefix = (name: string) => (isList ? '' : `${JSON.stringify(name)}: `);
  const flat =
    open + entries.map(([name, each]) => prefix(name) + printed(each, '', Infinity)).join(', ') + close;
  if (flat.length <= room) return flat;
  const deeper = `${indent}  `;
  const lines = entries.map(([name, each]) => {
    const start = deeper + prefix(name);
    return start + printed(each, deeper, WIDTH - start.length - 1);
  });
  return `${open.trim()}\n${lines.join(',\n')}\n${indent}${close.trim()}`;
}
