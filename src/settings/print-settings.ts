/** The table of settings as documents print it: docs/settings.md and .env.example. */
import { SETTINGS } from './settings.ts';
import { ACCESS_SETTINGS } from './access.ts';
import { ANSWER_SETTINGS } from './answers.ts';
import { CALL_SETTINGS } from './calls.ts';
import { FIGURE_SETTINGS } from './figures.ts';
import { LIMIT_SETTINGS } from './limits.ts';
import { LOG_SETTINGS } from './logs.ts';
import { METRICS_SETTINGS } from './metrics.ts';
import { PROCESS_SETTINGS } from './process.ts';
import { fileNameOf, SECRET_NAMES } from './secret-files.ts';
import { RELOADED_SETTINGS } from './reloaded.ts';
import { RENAMED } from './renamed.ts';
import type { Setting } from './setting.ts';
import { SHARING_SETTINGS } from './sharing.ts';
import { TRACING_SETTINGS } from './tracing.ts';
import { WATCHING_SETTINGS } from './watching.ts';
import { WORLD_SETTINGS } from './world.ts';

type Rows = Readonly<Record<string, Setting<unknown>>>;

const SECTIONS: readonly (readonly [title: string, rows: Rows])[] = [
  ['The process', PROCESS_SETTINGS],
  ['Who may use it', ACCESS_SETTINGS],
  ['Several replicas', SHARING_SETTINGS],
  ['Calls to the upstream, and what is cached of them', CALL_SETTINGS],
  ['Bounds on operations', LIMIT_SETTINGS],
  ['Answers', ANSWER_SETTINGS],
  ['What is followed', WATCHING_SETTINGS],
  ['Statistics', FIGURE_SETTINGS],
  ['Logs', LOG_SETTINGS],
  ['Metrics', METRICS_SETTINGS],
  ['Traces', TRACING_SETTINGS],
  ['The embedded simulator', WORLD_SETTINGS],
];

/** docs/settings.md: a table for each section, in the order of the sections. */
export function printSettings(): string {
  const sections = SECTIONS.map(([title, rows]) => `## ${title}\n\n${table(rows)}\n`);
  return `# Settings

Environment variables, or a file \`.env\` in the working directory, which never overrides a variable that is set. \`.env.example\`
lists every setting with its default. An empty variable counts as absent. A value that is not as expected, or a name that is a
slip of a setting's name, stops the start with a message that says what was expected. Another name that begins as settings do is
told in the log; \`--strict-config\` refuses it. What Kubernetes sets for a Service, such as \`UPSTREAM_SERVICE_HOST\`, is left out.

A secret may stand in a file, which another variable names then: ${SECRET_NAMES.map((name) => `\`${fileNameOf(name)}\``).join(', ')}.

SIGHUP puts these into force without a restart: ${RELOADED_SETTINGS.map((name) => `\`${name}\``).join(', ')}.

\`runloop-graphql --check-config\` does all that a start does but listen, and says what is wrong; \`--print-config\` prints the
settings in force, without secrets; \`--help\` names all options. \`npm run codegen\` prints this page.

<!-- prettier-ignore-start -->

${sections.join('\n')}
${renamed()}
<!-- prettier-ignore-end -->
`;
}

/** .env.example: every setting with its meaning, what it expects and its default, commented out. */
export function printEnvironment(): string {
  const blocks = Object.entries(SETTINGS as Rows).map(([name, row]) => {
    const plain = (text: string) => text.replaceAll('`', '');
    return `# ${plain(row.means)}\n# Expected: ${plain(row.expects)}.\n# ${name}=${row.default ?? ''}\n`;
  });
  return `# Every setting, with its default. Copy this file to .env and uncomment what you change; the environment overrides it.\n\n${blocks.join('\n')}`;
}

function renamed(): string {
  const lines = [...RENAMED].map(
    ([name, { now, removedIn }]) => `| \`${name}\` | \`${now}\` | ${removedIn} |`,
  );
  return [
    '## Renamed settings',
    '',
    'A former name still works, and a warning in the log (`config.deprecated_name`) names the new one. Both at once stop the start.',
    '',
    '| former name | name | removed in |',
    '| --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function table(rows: Rows): string {
  const lines = Object.entries(rows).map(([name, row]) => {
    const value = row.default === null || row.default === '' ? '' : `\`${row.default}\``;
    return `| \`${name}\` | ${value} | ${cell(row.expects)} | ${cell(row.means)} |`;
  });
  return ['| variable | default | expects | meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
