/** The process that attacks: `attacker.ts NAME URL`, with what was prepared in `PREPARED`. Ends when it is killed. */
import { setPriority } from 'node:os';
import type { Attack } from './attack.ts';

const [name = '', url = ''] = process.argv.slice(2);
/** It is not on the gateway's machine in life: it takes what time the others leave. */
const LOWEST_PRIORITY = 19;

setPriority(LOWEST_PRIORITY);
const { attack } = (await import(`./attacks/${name}.ts`)) as { readonly attack: Attack };
await attack.strike({ url, prepared: process.env['PREPARED'] ?? '' });
