/** `SharedBill`: splits the cost of shared calls among their callers, in whole calls, so that all pay equally over time. */

export class SharedBill {
  /** Who pays next for a call that cannot be split. */
  #turn = 0;

  /** What each of them pays; those who pay nothing are left out. */
  split<T>(calls: number, among: readonly T[]): readonly (readonly [payer: T, calls: number])[] {
    const { length } = among;
    if (length === 0) return [];
    const each = Math.floor(calls / length);
    const rest = calls % length;
    const from = this.#turn % length;
    this.#turn = from + rest;
    const isOneMore = (index: number) => (index - from + length) % length < rest;
    return among.flatMap((payer, index) => {
      const share = each + (isOneMore(index) ? 1 : 0);
      return share > 0 ? [[payer, share] as const] : [];
    });
  }
}
