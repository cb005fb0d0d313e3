/** The build of a Dockerfile without an engine: each stage is a folder, and each instruction is run in it. */
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Copy, DockerfileParser, type Instruction } from 'dockerfile-ast';

const run = promisify(execFile);

/** Whom the program runs as where the tests are root: somebody who owns no file of the image. */
const ORDINARY_USER = 65_534;

/** Dispose it to remove its stages. */
export interface BuiltImage extends AsyncDisposable {
  /** The folder that stands for the root of the last stage. Nobody may write below it. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string | null;
  readonly entrypoint: readonly string[];
  readonly healthcheck: readonly string[];
  /** Undefined where the tests are an ordinary user themselves. */
  readonly uid: number | undefined;
}

export interface ImageBuild {
  /** What the build may copy from. */
  readonly context: string;
  /** Where the stages are made. */
  readonly into: string;
  /** For the commands that it runs, beside those of the image. */
  readonly env: Readonly<Record<string, string>>;
}

interface Stage {
  readonly root: string;
  readonly env: Record<string, string>;
  readonly labels: Record<string, string>;
  workdir: string;
  user: string | null;
  entrypoint: readonly string[];
  healthcheck: readonly string[];
}

/**
 * Runs FROM, ARG, LABEL, ENV, WORKDIR, COPY, RUN, USER, HEALTHCHECK and ENTRYPOINT; rejects at any other instruction. The base
 * image is this machine: what is installed here stands for what is in it.
 */
export async function buildImage(dockerfile: string, build: ImageBuild): Promise<BuiltImage> {
  const stages = new Map<string, Stage>();
  let stage: Stage | null = null;
  for (const instruction of DockerfileParser.parse(await readFile(dockerfile, 'utf8')).getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      const name = /\bAS\s+(\S+)$/i.exec(instruction.getArgumentsContent() ?? '')?.[1] ?? 'final';
      stage = emptyStage(join(build.into, name));
      await mkdir(stage.root, { recursive: true });
      stages.set(name, stage);
      continue;
    }
    // Before the first stage, only the name of the base image is defined.
    if (keyword !== 'ARG' && stage) await follow(instruction, { ...build, stage, stages });
  }
  if (!stage) throw new Error('Expected a stage');
  const { root } = stage;
  await setModes(root, { folder: 0o555, file: 0o444 });
  return {
    ...stage,
    uid: process.getuid?.() === 0 ? ORDINARY_USER : undefined,
    [Symbol.asyncDispose]: async () => {
      await setModes(root, { folder: 0o755, file: 0o644 });
      await rm(build.into, { recursive: true });
    },
  };
}

function emptyStage(root: string): Stage {
  return { root, env: {}, labels: {}, workdir: '/', user: null, entrypoint: [], healthcheck: [] };
}

async function follow(
  instruction: Instruction,
  { stage, stages, context, env }: ImageBuild & { stage: Stage; stages: ReadonlyMap<string, Stage> },
): Promise<void> {
  const content = instruction.getArgumentsContent() ?? '';
  const words = () => instruction.getArguments().map((argument) => argument.getValue());
  switch (instruction.getKeyword()) {
    case 'WORKDIR':
      stage.workdir = content;
      await mkdir(join(stage.root, content), { recursive: true });
      return;
    case 'COPY': {
      const flags = instruction instanceof Copy ? instruction.getFlags() : [];
      const from = flags.find((flag) => flag.getName() === 'from');
      const source = from ? stages.get(from.getValue() ?? '')?.root : context;
      if (source === undefined) throw new Error(`Expected a stage to copy from: ${content}`);
      await copy(words(), { source, target: join(stage.root, stage.workdir), root: stage.root });
      return;
    }
    case 'RUN':
      await run('/bin/sh', ['-c', content], {
        cwd: join(stage.root, stage.workdir),
        env: { ...stage.env, ...env },
        maxBuffer: 64 * 1024 * 1024,
      });
      return;
    case 'ENV':
      Object.assign(stage.env, pairsOf(words()));
      return;
    case 'LABEL':
      Object.assign(stage.labels, pairsOf(words()));
      return;
    case 'USER':
      stage.user = content;
      return;
    case 'EXPOSE':
      return;
    case 'HEALTHCHECK':
      stage.healthcheck = commandOf(content);
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = commandOf(content);
      return;
    default:
      throw new Error(`Not understood: ${instruction.getKeyword()}`);
  }
}

/** Of an instruction in the form of JSON, behind its options. */
function commandOf(content: string): readonly string[] {
  return JSON.parse(content.slice(content.indexOf('['))) as string[];
}

function pairsOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const equals = word.indexOf('=');
      return [word.slice(0, equals), word.slice(equals + 1).replaceAll('"', '')];
    }),
  );
}

/** A folder is copied by what is in it, as an engine does; several sources go into a folder whose name ends with a slash. */
async function copy(
  words: readonly string[],
  { source, target, root }: { readonly source: string; readonly target: string; readonly root: string },
): Promise<void> {
  const names = words.filter((word) => !word.startsWith('--'));
  const to = names.pop() ?? '.';
  for (const name of names) {
    const from = join(source, name);
    const isFolder = (await stat(from)).isDirectory();
    const base = to.startsWith('/') ? root : target;
    const path =
      isFolder || !to.endsWith('/') ? join(base, to) : join(base, to, name.split('/').at(-1) ?? '');
    await mkdir(dirname(path), { recursive: true });
    await cp(from, path, { recursive: true, verbatimSymlinks: true });
  }
}

async function setModes(
  root: string,
  modes: { readonly folder: number; readonly file: number },
): Promise<void> {
  // A folder before what is in it: while it may not be written, its owner may still change its mode.
  await chmod(root, modes.folder);
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink())
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? modes.folder : modes.file);
  }
}
