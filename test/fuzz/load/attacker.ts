/**
 * The process that attacks: `attacker.ts NAME URL`, with what was prepared in `PREPARED`. It tells whoever has started it what it counts, and
 * ends when it is killed.
 */
import { setPriority } from 'node:os';
import type { Attack } from './attack.ts';
import { tellCounts } from './counts.ts';

const [name = '', url = ''] = process.argv.slice(2);
/** It is not on the gateway's machine in life: it takes what time the others leave. */
const LOWEST_PRIORITY = 19;

setPriority(LOWEST_PRIORITY);
tellCounts();
const { attack } = (await import(`./attacks/${name}.ts`)) as { readonly attack: Attack };
await attack.strike({ url, prepared: process.env['PREPARED'] ?? '' });
