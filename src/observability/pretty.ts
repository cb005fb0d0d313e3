/** `prettyLine`: a log line as a person reads it on a terminal. */

export interface PrettyOptions {
  /** Whether escape sequences colour it. */
  readonly hasColors: boolean;
}

const LEVELS: Readonly<Record<number, { readonly name: string; readonly color: string }>> = {
  10: { name: 'TRACE', color: '90' },
  20: { name: 'DEBUG', color: '90' },
  30: { name: 'INFO ', color: '32' },
  40: { name: 'WARN ', color: '33' },
  50: { name: 'ERROR', color: '31' },
  60: { name: 'FATAL', color: '31' },
};

/** What is one word needs no quotes. */
const WORD = /^[\w./:@{}+-]+$/;

/** `json` is what pino writes. Whatever stands in it, no control character reaches the terminal: JSON has none. */
export function prettyLine(json: string, { hasColors }: PrettyOptions): string {
  const { level, time, event, err, ...attributes } = JSON.parse(json) as Readonly<Record<string, unknown>>;
  const paint = (color: string, text: string) => (hasColors ? `\u001b[${color}m${text}\u001b[0m` : text);
  const { name, color } = LEVELS[Number(level)] ?? { name: String(level), color: '0' };
  const pairs = Object.entries(attributes).map(([key, value]) => `${paint('90', `${key}=`)}${shown(value)}`);
  const head = [paint('90', timeOf(time)), paint(color, name), paint('1', String(event)), ...pairs].join(' ');
  return `${[head, ...errorLines(err)].join('\n')}\n`;
}

/** The time of day alone: a person who looks at a terminal knows the day. */
function timeOf(time: unknown): string {
  return typeof time === 'string' ? time.slice('2026-01-01T'.length, -1) : '';
}

function shown(value: unknown): string {
  return typeof value === 'string' && WORD.test(value) ? value : JSON.stringify(value);
}

function errorLines(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { type, message, at, cause } = error as Readonly<Record<string, unknown>>;
  const places = Array.isArray(at) ? at.map((place) => `    at ${String(place)}`) : [];
  return [`  ${String(type)}: ${shown(message)}`, ...places, ...errorLines(cause)];
}
