const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });
const HUNDREDTHS = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const MONEY = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' });
const ORDINAL = new Intl.PluralRules('en-US', { type: 'ordinal' });
const SUFFIX: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd' };

/** `1,234` */
export function count(amount: number): string {
  return COUNT.format(amount);
}

/** `1 image`, `1,234 images` */
export function counted(amount: number, one: string, many = `${one}s`): string {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** `$1,234.50` */
export function money(dollars: number): string {
  return MONEY.format(dollars);
}

/** `up to $1,234.50 a month` */
export function upTo(monthlyCost: number): string {
  return `up to ${MONEY.format(monthlyCost)} a month`;
}

/** `$0.80 to $4.80`; `up to $4.80` where the lower is nothing or the same. */
export function moneyRange(from: number, to: number): string {
  return from > 0 && from < to ? `${money(from)} to ${money(to)}` : `up to ${money(to)}`;
}

/** `512.5 GiB`, `1.54 TiB`: in the unit that fits. */
export function gib(storageGiB: number): string {
  return storageGiB < 1024 ? `${count(storageGiB)} GiB` : `${HUNDREDTHS.format(storageGiB / 1024)} TiB`;
}

/** To two decimals: cents, and hundredths of a GiB. */
export function hundredths(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/** `newest`, `2nd newest`, `23rd newest` */
export function newest(rank: number): string {
  return rank === 1 ? 'newest' : `${count(rank)}${SUFFIX[ORDINAL.select(rank)] ?? 'th'} newest`;
}

/** `a, b, c`, and how many more there are. */
export function listed(names: readonly string[], most = 3): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${count(more)} more` : names.join(', ');
}

/** A text cut to so many characters, with a sign that something is missing. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** A text cut to so many bytes of UTF-8, with a sign that something is missing; no character is cut in two. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const sign = '\n…';
  let end = 0;
  let bytes = Buffer.byteLength(sign);
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > most) break;
    end += character.length;
  }
  return `${text.slice(0, end)}${sign}`;
}

/** `2026-11-21` of an ISO 8601 time. */
export function day(time: string): string {
  return time.slice(0, 10);
}

/** `2026-11-21 02:00 UTC` of an ISO 8601 time. */
export function minute(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}

/** Milliseconds in a day. */
export const DAY = 86_400_000;

/** Elapsed days for people: whole days, or hundredths where the limit itself is not whole; never rounded up. */
export function elapsedDays(milliseconds: number, limitMilliseconds: number): number {
  const days = milliseconds / DAY;
  return limitMilliseconds % DAY === 0 ? Math.floor(days) : Math.floor(days * 100) / 100;
}

/** A limit in days, to two decimals. */
export function limitDays(milliseconds: number): number {
  return Math.round((milliseconds / DAY) * 100) / 100;
}

/** An account by its id and, where that is known, its alias: `123456789012 (prod-images)`. */
export function accountText(account: { readonly accountId: string; readonly accountAlias?: string }): string {
  const { accountId, accountAlias } = account;
  return accountAlias === undefined ? accountId : `${accountId} (${accountAlias})`;
}
