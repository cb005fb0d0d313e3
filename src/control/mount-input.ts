/** `readMounts`: what a client wants on the devbox, each of exactly one kind, with the paths and names that kind needs. */
import type { Mount } from '../upstream/mutations.ts';
import type { Issues } from './issues.ts';
import type { Optional } from './optional.ts';

type MountOf<Type extends Mount['type']> = Omit<Extract<Mount, { type: Type }>, 'type'>;

/** Exactly one of them. */
export interface MountInput {
  readonly object?: Optional<MountOf<'object'>>;
  readonly agent?: Optional<MountOf<'agent'>>;
  readonly code?: Optional<MountOf<'code'>>;
  readonly file?: Optional<MountOf<'file'>>;
  readonly broker?: Optional<MountOf<'broker'>>;
}

const KINDS = ['object', 'agent', 'code', 'file', 'broker'] as const satisfies readonly Mount['type'][];

export function readMounts(field: string, inputs: readonly MountInput[], issues: Issues): readonly Mount[] {
  return inputs.flatMap((input, index) => readMount(`${field}[${String(index)}]`, input, issues));
}

function readMount(field: string, input: MountInput, issues: Issues): readonly Mount[] {
  const given = KINDS.filter((kind) => input[kind] !== null && input[kind] !== undefined);
  const [kind] = given;
  if (given.length !== 1 || kind === undefined) {
    issues.add(
      field,
      `a mount of exactly one kind (${KINDS.join(', ')})`,
      given.length === 0 ? 'none' : given.join(' and '),
    );
    return [];
  }
  const mount = { ...input[kind], type: kind } as Mount;
  checkMount(`${field}.${kind}`, mount, issues);
  return [mount];
}

function checkMount(field: string, mount: Mount, issues: Issues): void {
  switch (mount.type) {
    case 'object':
      issues.id(`${field}.objectId`, mount.objectId);
      issues.absolutePath(`${field}.path`, mount.path);
      return;
    case 'agent':
      if ((mount.agentId ?? null) === null && (mount.agentName ?? null) === null) {
        issues.add(field, 'an agent with its `agentId` or its `agentName`');
      }
      issues.id(`${field}.agentId`, mount.agentId);
      issues.text(`${field}.agentName`, mount.agentName);
      issues.absolutePath(`${field}.path`, mount.path);
      return;
    case 'code':
      issues.text(`${field}.repoOwner`, mount.repoOwner);
      issues.text(`${field}.repoName`, mount.repoName);
      issues.text(`${field}.gitRef`, mount.gitRef);
      issues.text(`${field}.installCommand`, mount.installCommand);
      return;
    case 'file':
      issues.text(`${field}.path`, mount.path);
      return;
    case 'broker':
      issues.id(`${field}.axonId`, mount.axonId);
      issues.text(`${field}.agentBinary`, mount.agentBinary);
      issues.text(`${field}.workingDirectory`, mount.workingDirectory);
      return;
  }
}
