/**
 * Hostile beside honest load on loopback: each attack of `load/attacks/` for a minute, on a gateway of its own with a small
 * heap. Fails when `/health` is slow, when the 99th percentile of honest answers is more than twice its quiet value, when
 * memory does not return, or when the attack has not reached what it attacks. To add an attack, add a file there that exports an `attack` (`load/attack.ts`).
 *
 * HOSTILE_SECONDS is the length of an attack, HOSTILE_ONLY names the attacks that are tried, with commas between.
 */
import { readdir } from 'node:fs/promises';
import type { Attack } from './load/attack.ts';
import { type Trial, tryAttack } from './load/trial.ts';

const attackMs = Number(process.env['HOSTILE_SECONDS'] ?? 60) * 1_000;
const times = { attackMs, quietMs: Math.min(20_000, attackMs) };
const only = process.env['HOSTILE_ONLY']?.split(',');

/** What else the machine does is noise: who fails is tried once more. */
const MAX_TRIES = 2;

const files = await readdir(new URL('./load/attacks/', import.meta.url));
const names = files.map((file) => file.replace(/\.ts$/, '')).filter((name) => only?.includes(name) ?? true);
for (const name of names.sort()) {
  const { attack } = (await import(`./load/attacks/${name}.ts`)) as { readonly attack: Attack };
  console.log(`${name}: ${attack.sends}`);
  let trial: Trial;
  let tries = 0;
  do {
    trial = await tryAttack(name, attack, times);
    tell(trial);
  } while (trial.broken.length > 0 && ++tries < MAX_TRIES);
  if (trial.broken.length > 0) process.exitCode = 1;
}
process.exit();

function tell({ quietP99Ms, p99Ms, healthMs, memoryMb, counts, broken }: Trial): void {
  const { quiet, attacked, after } = memoryMb;
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  console.log(
    `  honest p99 ${ms(quietP99Ms)} quiet, ${ms(p99Ms)} under attack; /health at most ${ms(healthMs)}; ` +
      `memory ${String(quiet)} MB quiet, ${String(attacked)} MB under attack, ${String(after)} MB after`,
  );
  const counted = Object.entries(counts).map(([what, times]) => `${what}: ${String(times)}`);
  console.log(`  counted ${counted.sort().join(', ')}`);
  for (const what of broken) console.error(`  BROKEN: ${what}`);
}
