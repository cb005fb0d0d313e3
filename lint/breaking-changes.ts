/** `unannouncedChanges`: what one SDL breaks for clients of another, and the changelog does not name. */
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

export interface ChangesGiven {
  /** The SDL that clients were written for. */
  readonly before: string;
  readonly after: string;
  /** CHANGELOG.md. What is in force next stands below its heading `Unreleased`. */
  readonly changelog: string;
}

/**
 * A breaking change is announced where the changelog names its coordinate, such as `ScenarioRun.score`, or that of what it is a
 * part of, as code.
 */
export async function unannouncedChanges({
  before,
  after,
  changelog,
}: ChangesGiven): Promise<readonly string[]> {
  const announced = new Set(
    [...unreleased(changelog).matchAll(/`([A-Za-z_]\w*(?:\.\w+)*)`/g)].map(([, coordinate]) => coordinate),
  );
  const changes = await diff(buildSchema(before), buildSchema(after));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .filter((change) => !coordinatesOf(change).some((coordinate) => announced.has(coordinate)))
    .map(({ message }) => message);
}

/** From the outermost, which is a type, to what has changed. */
function coordinatesOf({ path = '' }: Change): readonly string[] {
  const names = path.split('.');
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}

function unreleased(changelog: string): string {
  const [, section = ''] = /^## \[Unreleased\]$([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? [];
  return section;
}
