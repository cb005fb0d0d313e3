/** `SharedBill`: who pays for calls that were made for several, in whole calls, so that in the end each has paid as much. */

export class SharedBill {
  /** Whose turn it is for a call that cannot be split. */
  #turn = 0;

  /** What each of them pays: those who pay nothing are not named. */
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
