/** Where an owner can be reached, by what is written; whether Slack knows them is another question. */
export type Address =
  | { readonly kind: 'channel-id' | 'user-id' | 'group-id'; readonly id: string }
  | { readonly kind: 'channel-name' | 'user-name'; readonly name: string }
  | { readonly kind: 'mail'; readonly mail: string };

const CHANNEL_ID = /^[CG][A-Z0-9]{8,20}$/;
const USER_ID = /^[UW][A-Z0-9]{8,20}$/;
const GROUP_ID = /^S[A-Z0-9]{8,20}$/;
const CHANNEL_NAME = /^#[\p{L}\p{N}_-]{1,80}$/u;
const USER_NAME = /^@[a-z0-9][a-z0-9._-]{0,79}$/;
const MAIL = /^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})+$/i;
const EVERYBODY = new Set(['@channel', '@here', '@everyone']);

/** What one written address means; nothing where it is none. */
export function addressOf(written: string): Address | undefined {
  const text = written.trim();
  if (CHANNEL_ID.test(text)) return { kind: 'channel-id', id: text };
  if (USER_ID.test(text)) return { kind: 'user-id', id: text };
  if (GROUP_ID.test(text)) return { kind: 'group-id', id: text };
  const lower = text.toLowerCase();
  if (CHANNEL_NAME.test(text)) return { kind: 'channel-name', name: lower.slice(1) };
  if (USER_NAME.test(lower) && !EVERYBODY.has(lower)) return { kind: 'user-name', name: lower.slice(1) };
  if (text.length <= 254 && MAIL.test(text)) return { kind: 'mail', mail: lower };
  return undefined;
}

/** Whom an owner tag means: through `owners.aliases` first, then as it is written. */
export function addresseeOf(owner: string, aliases: Readonly<Record<string, string>>): string {
  const written = owner.trim();
  // A team name is no address unless an alias says whose.
  if (Object.hasOwn(aliases, written)) return aliases[written] ?? written;
  const lower = written.toLowerCase();
  return Object.entries(aliases).find(([name]) => name.toLowerCase() === lower)?.[1] ?? written;
}
