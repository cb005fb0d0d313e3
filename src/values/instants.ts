/** Instants as text, to and from Unix time in milliseconds: one reader and one writer for all. Nothing here asks what time it is. */

/** An instant as libraries take it. */
export function dateOf(ms: number): Date {
  return new Date(ms);
}

/** The last instant whose year has four digits, as RFC 3339 wants it: 9999-12-31T23:59:59.999Z. */
export const LAST_INSTANT_MS = 253_402_300_799_999;

/** The first one: 0000-01-01T00:00:00Z. */
const FIRST_INSTANT_MS = -62_167_219_200_000;

const DAY_MS = 24 * 60 * 60_000;
const MINUTE_MS = 60_000;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(\.\d{1,30})?(?:Z|([+-])(\d{2}):(\d{2}))$/;

/**
 * What RFC 3339 calls a date-time, such as `2026-01-31T12:00:00.000Z` or `2026-01-31T13:00:00+01:00`: a day of the
 * calendar, a time with seconds, and a zone. Null for any other text: what an instant without a zone means would depend
 * on the machine. Digits beyond milliseconds are cut; a leap second is the first instant after it.
 */
export function parseInstant(text: string): number | null {
  const [date, time] = [text.slice(0, 10), text.slice(11)];
  const [, year, month, day] = DATE.exec(date) ?? [];
  const [, hour, minute, second, fraction = '', sign, zoneHour = 0, zoneMinute = 0] =
    TIME.exec(time.toUpperCase()) ?? [];
  if (year === undefined || hour === undefined || !/[Tt]/.test(text.charAt(10))) return null;
  if (Number(zoneHour) > 23 || Number(zoneMinute) > 59) return null;
  const shiftMs = (Number(zoneHour) * 60 + Number(zoneMinute)) * MINUTE_MS;
  const isLeap = second === '60';
  const local = utcOf(
    [Number(year), Number(month), Number(day)],
    [Number(hour), Number(minute), isLeap ? 59 : Number(second)],
  );
  if (local === null) return null;
  const instant = local - (sign === '-' ? -shiftMs : shiftMs);
  // Leap seconds end the day of UTC, wherever one is.
  if (isLeap && (instant + 1_000) % DAY_MS !== 0) return null;
  const ms = isLeap ? 1_000 : Number(`${fraction.slice(1)}000`.slice(0, 3));
  return instant < FIRST_INSTANT_MS || instant + ms > LAST_INSTANT_MS ? null : instant + ms;
}

const HTTP_DATE = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const CERTIFICATE_DATE = /^([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4}) GMT$/;

/** A date as HTTP headers write it, such as `Sat, 31 Jan 2026 12:00:00 GMT`; null for any other text. */
export function parseHttpDate(text: string): number | null {
  const [, day, month = '', year, hour, minute, second] = HTTP_DATE.exec(text) ?? [];
  if (year === undefined) return null;
  return utcOf(
    [Number(year), 1 + MONTHS.indexOf(month), Number(day)],
    [Number(hour), Number(minute), Number(second)],
  );
}

/** A date as OpenSSL writes those of certificates, such as `Jan 31 12:00:00 2026 GMT`; null for any other text. */
export function parseCertificateDate(text: string): number | null {
  const [, month = '', day, hour, minute, second, year] = CERTIFICATE_DATE.exec(text) ?? [];
  if (year === undefined) return null;
  return utcOf(
    [Number(year), 1 + MONTHS.indexOf(month), Number(day)],
    [Number(hour), Number(minute), Number(second)],
  );
}

/** Null for a day that no calendar has, or a time that no day has. */
function utcOf(
  [year, month, day]: readonly [number, number, number],
  [hour, minute, second]: readonly [number, number, number],
): number | null {
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  // Unlike `Date.UTC`, it takes the years before 100 for what they are.
  const ms = date.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have becomes one of another month.
  if (month < 1 || date.getUTCMonth() !== month - 1 || day < 1) return null;
  return ms + ((hour * 60 + minute) * 60 + second) * 1_000;
}

/** RFC 3339 in UTC with milliseconds, as everything that is sent writes instants. */
export const writeInstant = createInstantWriter();

/**
 * As `toISOString`, which takes a tenth of the time of a page that was read before. Most instants of an answer are of the
 * same day: its date is written once.
 */
function createInstantWriter(): (ms: number) => string {
  let day = NaN;
  let date = '';
  return (instant) => {
    const ms = Math.trunc(instant);
    const its = Math.floor(ms / DAY_MS);
    if (its !== day) {
      if (!(ms >= FIRST_INSTANT_MS && ms <= LAST_INSTANT_MS)) throw new RangeError('No instant of RFC 3339');
      date = new Date(ms).toISOString().slice(0, -'00:00:00.000Z'.length);
      day = its;
    }
    const ofDay = ms - its * DAY_MS;
    const seconds = Math.floor(ofDay / 1_000);
    const minutes = Math.floor(seconds / 60);
    const thousandths = String(1_000 + (ofDay % 1_000)).slice(1);
    return `${date}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}.${thousandths}Z`;
  };
}

function two(number: number): string {
  return number < 10 ? `0${String(number)}` : String(number);
}
