/** Remembers what actions answered, so that a repeated request is answered again and not done again. */
import type { Clock } from '../../clock.ts';
import type { Reply } from './route.ts';

/** How long an answer is remembered: 10 minutes. */
const REMEMBERED_MS = 600_000;
/** How many answers are remembered, at most; then the oldest go. */
const MAX_REMEMBERED = 10_000;

/**
 * Does `action` unless the same key was used lately; then the first answer is repeated, also when it is still pending.
 * Refusals are not stored: a repeated request after one is done.
 */
export type Replays = (key: string, action: () => Reply | Promise<Reply>) => Promise<Reply>;

export function createReplays(clock: Clock): Replays {
  /** Oldest first: every entry lives equally long. */
  const answers = new Map<string, { readonly until: number; readonly reply: Promise<Reply> }>();

  const forgetOld = () => {
    const now = clock.now();
    for (const [key, { until }] of answers) {
      if (until > now && answers.size <= MAX_REMEMBERED) return;
      answers.delete(key);
    }
  };

  return async (key, action) => {
    forgetOld();
    const known = answers.get(key);
    if (known) return known.reply;
    const reply = (async () => action())();
    answers.set(key, { until: clock.now() + REMEMBERED_MS, reply });
    try {
      return await reply;
    } catch (refusal) {
      answers.delete(key);
      throw refusal;
    }
  };
}
