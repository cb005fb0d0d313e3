/** A shell that really answers simple commands without running any process: enough for echo, files and exit codes. */
import { type Operator, parseScript, type SimpleCommand } from './shell-syntax.ts';

/** What commands see and change. One per devbox; it lives as long as the devbox. */
export interface ShellState {
  readonly files: Map<string, string>;
  readonly environment: Map<string, string>;
  workingDirectory: string;
}

export interface ShellOutcome {
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
  /** How long the command would run: what it sleeps. */
  readonly durationMs: number;
}

const HOME = '/home/user';

export function createShellState(environment: Readonly<Record<string, string>> = {}): ShellState {
  return {
    files: new Map([[`${HOME}/README.md`, '# Workspace\n']]),
    environment: new Map([
      ['HOME', HOME],
      ['USER', 'user'],
      ['SHELL', '/bin/bash'],
      ...Object.entries(environment),
    ]),
    workingDirectory: HOME,
  };
}

interface Result {
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly sleepMs?: number;
  /** Set by `exit`: nothing after it runs. */
  readonly isExit?: boolean;
}

/** Runs a script to its end at once, changing the state. */
export function runShell(state: ShellState, script: string): ShellOutcome {
  let [status, stdout, stderr, durationMs] = [0, '', '', 0];
  for (const { operator, command } of parseScript(
    script,
    (name) => state.environment.get(name) ?? '',
    () => status,
  )) {
    if (!isReached(operator, status)) continue;
    const result = redirect(state, command, run(state, command, status));
    status = result.status;
    stdout += result.stdout ?? '';
    stderr += result.stderr ?? '';
    durationMs += result.sleepMs ?? 0;
    if (result.isExit) break;
  }
  return { exitStatus: status, stdout, stderr, durationMs };
}

function isReached(operator: Operator, status: number): boolean {
  return operator === ';' || (operator === '&&' ? status === 0 : status !== 0);
}

function run(state: ShellState, { words }: SimpleCommand, status: number): Result {
  const [name, ...args] = words;
  if (name === undefined) return { status: 0 };
  const assignment = /^([A-Za-z_]\w*)=(.*)$/s.exec(name === 'export' ? (args[0] ?? '') : name);
  if (assignment?.[1] !== undefined) {
    state.environment.set(assignment[1], assignment[2] ?? '');
    return { status: 0 };
  }
  switch (name) {
    case 'true':
    case ':':
    case 'set':
      return { status: 0 };
    case 'false':
      return { status: 1 };
    case 'exit':
      return { status: args[0] === undefined ? status : Number.parseInt(args[0], 10) & 255, isExit: true };
    case 'echo':
      return { status: 0, stdout: args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n` };
    case 'printf':
      return { status: 0, stdout: printf(args) };
    case 'pwd':
      return { status: 0, stdout: `${state.workingDirectory}\n` };
    case 'whoami':
      return { status: 0, stdout: 'user\n' };
    case 'hostname':
      return { status: 0, stdout: 'devbox\n' };
    case 'uname':
      return { status: 0, stdout: 'Linux\n' };
    case 'env':
      return {
        status: 0,
        stdout: [...state.environment].map(([key, value]) => `${key}=${value}\n`).join(''),
      };
    case 'cd':
      state.workingDirectory = resolvePath(state, args[0] ?? HOME);
      return { status: 0 };
    case 'sleep':
      return { status: 0, sleepMs: Math.max(0, Number.parseFloat(args[0] ?? '0') * 1_000) || 0 };
    case 'cat':
      return cat(state, args);
    case 'ls':
      return ls(
        state,
        args.find((arg) => !arg.startsWith('-')),
      );
    case 'mkdir':
    case 'chmod':
      return { status: 0 };
    case 'touch':
      for (const path of args.map((arg) => resolvePath(state, arg))) {
        state.files.set(path, state.files.get(path) ?? '');
      }
      return { status: 0 };
    case 'rm':
      for (const arg of args) state.files.delete(resolvePath(state, arg));
      return { status: 0 };
    case 'test':
    case '[':
      return { status: test(state, args) ? 0 : 1 };
    default:
      return { status: 127, stderr: `bash: ${name}: command not found\n` };
  }
}

function redirect(state: ShellState, { target, isAppended }: SimpleCommand, result: Result): Result {
  if (target === undefined) return result;
  const path = resolvePath(state, target);
  if (path !== '/dev/null') {
    state.files.set(path, (isAppended ? (state.files.get(path) ?? '') : '') + (result.stdout ?? ''));
  }
  return { ...result, stdout: '' };
}

function cat(state: ShellState, paths: readonly string[]): Result {
  const missing = paths.filter((path) => !state.files.has(resolvePath(state, path)));
  return {
    status: missing.length > 0 ? 1 : 0,
    stdout: paths.map((path) => state.files.get(resolvePath(state, path)) ?? '').join(''),
    stderr: missing.map((path) => `cat: ${path}: No such file or directory\n`).join(''),
  };
}

function ls(state: ShellState, path: string | undefined): Result {
  const directory = resolvePath(state, path ?? '.').replace(/\/$/, '');
  if (state.files.has(directory)) return { status: 0, stdout: `${path ?? ''}\n` };
  const inside = [...state.files.keys()].filter((file) => file.startsWith(`${directory}/`));
  const names = new Set(inside.map((file) => file.slice(directory.length + 1).split('/')[0] ?? ''));
  if (names.size === 0 && path !== undefined && path !== '.') {
    return { status: 2, stderr: `ls: cannot access '${path}': No such file or directory\n` };
  }
  return {
    status: 0,
    stdout: [...names]
      .sort()
      .map((name) => `${name}\n`)
      .join(''),
  };
}

function test(state: ShellState, args: readonly string[]): boolean {
  const [left = '', middle = '', right = ''] = args.filter((arg) => arg !== ']');
  if (left === '-f' || left === '-e') return state.files.has(resolvePath(state, middle));
  if (left === '-n') return middle !== '';
  if (left === '-z') return middle === '';
  if (middle === '=' || middle === '==') return left === right;
  return middle === '!=' ? left !== right : left !== '';
}

function printf([format = '', ...args]: readonly string[]): string {
  const rest = [...args];
  return format.replace(/%[sd]|\\n|\\t/g, (token) => {
    if (token === '\\n') return '\n';
    return token === '\\t' ? '\t' : (rest.shift() ?? '');
  });
}

function resolvePath(state: ShellState, path: string): string {
  const absolute = path.startsWith('/') ? path : `${state.workingDirectory}/${path.replace(/^~\/?/, '')}`;
  const parts: string[] = [];
  for (const part of absolute.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
