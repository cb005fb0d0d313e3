/** Believable names for the scenarios of each seeded benchmark. */
import type { Random } from './random.ts';

/** Repository, and how many of 100 scenarios come from it. */
const REPOSITORIES: readonly (readonly [name: string, share: number])[] = [
  ['django__django', 46],
  ['sympy__sympy', 15],
  ['sphinx-doc__sphinx', 9],
  ['matplotlib__matplotlib', 7],
  ['scikit-learn__scikit-learn', 6],
  ['astropy__astropy', 5],
  ['pydata__xarray', 4],
  ['pytest-dev__pytest', 4],
  ['pylint-dev__pylint', 2],
  ['psf__requests', 1],
  ['pallets__flask', 1],
];

const TERMINAL_TASKS = [
  'fix-git-history',
  'build-linux-kernel-qemu',
  'configure-git-webserver',
  'crack-7z-hash',
  'train-fasttext',
  'sqlite-db-truncate',
  'write-compressor',
  'regex-log',
  'path-tracing',
  'openssl-selfsigned-cert',
  'nginx-request-logging',
  'recover-password',
  'conda-env-conflict',
  'polyglot-c-py',
  'extract-elf',
  'gpt2-codegolf',
  'make-doom-for-mips',
  'qemu-alpine-ssh',
  'mailman-setup',
  'chess-best-move',
  'tune-mjcf',
  'large-scale-text-editing',
  'headless-terminal',
  'vim-terminal-task',
  'distribution-search',
  'feal-differential-cryptanalysis',
  'pytorch-model-recovery',
  'merge-diff-arc-agi',
  'financial-document-processor',
  'count-dataset-tokens',
];

const SMOKE_TASKS = [
  'echo',
  'write-file',
  'fix-typo',
  'add-test',
  'rename-symbol',
  'read-config',
  'parse-json',
];

export function sweBenchNames(count: number, random: Random): readonly string[] {
  const shares = REPOSITORIES.flatMap(([name, share]) => Array.from({ length: share }, () => name));
  const names = new Set<string>(['django__django-11099']);
  while (names.size < count) names.add(`${random.pick(shares)}-${String(random.integer(3_000, 29_999))}`);
  return [...names].slice(0, count).sort();
}

export function terminalBenchNames(count: number): readonly string[] {
  return numbered(TERMINAL_TASKS, count);
}

export function smokeNames(count: number): readonly string[] {
  return numbered(SMOKE_TASKS, count).map((name) => `smoke-${name}`);
}

/** The names themselves first, then variants of them. */
function numbered(names: readonly string[], count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const variant = Math.floor(index / names.length);
    const name = names[index % names.length] ?? 'task';
    return variant === 0 ? name : `${name}-${String(variant + 1)}`;
  });
}
