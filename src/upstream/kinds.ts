/** `kindOf`: which kind an entity is of, by the table of endpoints. */
import { ENTITIES } from './endpoints.ts';
import type { Entity, Kind } from './types.ts';

// The keys of the table are the kinds: it has no others.
const KINDS = Object.keys(ENTITIES) as readonly Kind[];

const KIND_OF = Object.fromEntries(KINDS.map((kind) => [ENTITIES[kind].type, kind])) as Readonly<
  Record<Entity['type'], Kind>
>;

export function kindOf(entity: Entity): Kind {
  return KIND_OF[entity.type];
}
