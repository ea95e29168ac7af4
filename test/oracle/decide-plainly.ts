/**
 * The decision over every image a second time, as plainly as it can be said, to be held against the real one.
 * It shares no code with it: it reads the policy as the file has it, and looks at everything anew for each image.
 */

import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import { SOURCES } from '../../src/model/reference.ts';
import type { RawPolicy, RawRule } from '../builders/arbitrary-policies.ts';

export interface PlainDecision {
  readonly imageId: string;
  readonly decision: string;
  readonly rule: string | undefined;
  readonly codes: readonly string[];
  readonly next: string | undefined;
}

const HOUR = 3_600_000;
const UNITS: Record<string, number> = { m: HOUR / 60, h: HOUR, d: 24 * HOUR, w: 7 * 24 * HOUR, y: 365 * 24 * HOUR };

function ms(duration: string): number {
  return Number(duration.slice(0, -1)) * (UNITS[duration.slice(-1)] ?? Number.NaN);
}

function glob(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return glob(pattern.slice(1), text) || (text !== '' && glob(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && glob(pattern.slice(1), text.slice(1));
}

function date(text: string): number | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T23:59:59.999Z`);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
}

function hasTag(image: Image, keyGlob: string, valueGlob: string): boolean {
  return Object.entries(image.tags).some(([key, value]) => glob(keyGlob, key) && glob(valueGlob, value));
}

function selected(image: Image, rule: RawRule, now: number): boolean {
  for (const [field, wanted] of Object.entries(rule.select)) {
    if (field === 'tags') {
      for (const [key, value] of Object.entries(Object(wanted))) {
        if (typeof value === 'string' ? !hasTag(image, key, value) : hasTag(image, key, '*')) return false;
      }
    } else if (field === 'olderThan' || field === 'youngerThan') {
      if (!image.creationDate) return false;
      const isOld = now - image.creationDate.getTime() >= ms(String(wanted));
      if (isOld !== (field === 'olderThan')) return false;
    } else {
      const text = { name: image.name, architecture: image.architecture, state: image.state }[field] ?? '';
      if (![wanted].flat().some((pattern) => glob(String(pattern), text))) return false;
    }
  }
  return true;
}

export function rulePlainly(image: Image, policy: RawPolicy, now: number): RawRule | undefined {
  return policy.rules.find((rule) => selected(image, rule, now));
}

/** The group of an image; undefined where a part of it is missing. */
export function groupPlainly(image: Image, rule: RawRule): string | undefined {
  const parts = (rule.groupBy ?? []).map((by) => {
    if (by === 'architecture') return image.architecture;
    if (by.startsWith('tag:')) return image.tags[by.slice(4)];
    return image.name.includes('-') ? image.name.split('-')[0] : undefined; // name:{*}-*
  });
  return parts.includes(undefined) ? undefined : parts.join('|');
}

function isManaged(image: Image): boolean {
  return image.productCodes.length > 0 || Object.keys(image.tags).some((key) => key.startsWith('aws:backup:'));
}

/** Whether an image counts as one of the newest of its group. */
export function countsPlainly(image: Image, account: Account): boolean {
  return image.state === 'available' && !isManaged(image) && image.ownerId === account.target.accountId;
}

interface Held {
  readonly code: string;
  /** When time ends it; undefined where time does not. */
  readonly until?: number;
}

interface Consumers {
  readonly held: readonly string[];
  readonly unknown: readonly string[];
}

/** What those an image is shared with make of it. */
function consumers(image: Image, account: Account, policy: RawPolicy, now: number): Consumers {
  const sharing = account.sharing.get(image.imageId);
  const evaluates = Object(policy.references).sharedImages === 'evaluate';
  if (sharing?.status !== 'read' || (evaluates && !policy.targets)) return { held: [], unknown: [] };
  const { elsewhere } = account;
  const saved = (image.tags['ami-janitor:launch-permissions'] ?? '').split(',');
  const shares = [...sharing.accounts, ...sharing.organizations, ...(policy.targets ? saved : [])];
  const isWide = shares.some((one) => one.startsWith('arn:'));
  const others = shares.filter((one) => /^\d+$/.test(one) && (!policy.targets || one !== image.ownerId));
  if (!evaluates || !elsewhere) {
    const held = (sharing.isPublic || shares.includes('all')) && !image.isPublic ? ['public'] : [];
    const shared = isWide || others.length > 0 ? ['shared'] : [];
    return evaluates ? { held, unknown: shared } : { held: [...held, ...shared], unknown: [] };
  }
  const isKnown = (id: string): boolean => elsewhere.read.has(id) && !elsewhere.unread.has(id);
  const held: string[] = [];
  const unknown: string[] = [];

  if ((sharing.isPublic || shares.includes('all')) && !image.isPublic) held.push('public');
  const unread = [...elsewhere.unread.keys()].filter((id) => id !== image.ownerId && (isWide || others.includes(id)));
  if (unread.length > 0) unknown.push('consumer-unread');
  const usage = elsewhere.usage.get(image.imageId);
  if ((isWide || others.some((id) => !isKnown(id))) && usage) {
    const marked = markOf(image, now);
    const made = usage.status === 'available' ? usage.createdAt.getTime() : 0;
    const isOld = marked.isDeprecated && (made < (marked.at ?? 0) + ms('7d') || made < now - ms('14d'));
    if (usage.status !== 'available') unknown.push('usage-unknown');
    else if (usage.entries.some(({ accountId }) => accountId !== image.ownerId && !isKnown(accountId)))
      held.push('used-elsewhere');
    else if (isOld) unknown.push('usage-report-too-early');
  }
  return { held, unknown };
}

/** What this tool's own tag says. */
function markOf(
  image: Image,
  now: number,
): { readonly at: number | undefined; readonly isReadable: boolean; readonly isDeprecated: boolean } {
  const tag = image.tags['ami-janitor:deprecated-at'];
  const at = tag === undefined ? undefined : date(tag);
  const isReadable = at !== undefined && at <= now + HOUR;
  const isCopied = at !== undefined && image.creationDate !== undefined && at < image.creationDate.getTime();
  const inForce = image.deprecationTime?.getTime();
  return { at, isReadable, isDeprecated: isReadable && !isCopied && inForce !== undefined && inForce <= at + HOUR / 6 };
}

/** Everything that holds an image, but for copies. */
function holds(image: Image, account: Account, policy: RawPolicy, now: number): Held[] {
  const held: Held[] = [];
  const protect = Object(policy.protect);
  if (Object.entries(Object(protect.tags)).some(([key, value]) => hasTag(image, key, String(value)))) {
    held.push({ code: 'protected-tag' });
  }
  if ([protect.images].flat().includes(image.imageId)) held.push({ code: 'protected-image' });
  const keepTag = image.tags['ami-janitor:keep'];
  if (keepTag !== undefined) {
    const until = date(keepTag);
    if (keepTag === 'true') held.push({ code: 'keep-tag' });
    else if (until === undefined) held.push({ code: 'keep-tag-unreadable' });
    else if (now <= until) held.push({ code: 'keep-tag', until: until + 1 });
  }
  if (isManaged(image)) held.push({ code: 'managed' });
  if (image.ownerId !== account.target.accountId) held.push({ code: 'not-own' });
  if (!['disabled', undefined].includes(image.deregistrationProtection))
    held.push({ code: 'deregistration-protection' });
  if (image.isPublic) held.push({ code: 'public' });
  if (!['available', 'disabled'].includes(image.state)) held.push({ code: 'state' });
  held.push(...consumers(image, account, policy, now).held.map((code) => ({ code })));
  if (account.references.images.has(image.imageId)) held.push({ code: 'referenced' });

  const rule = rulePlainly(image, policy, now);
  if (!rule) return [...held, { code: 'no-rule' }];
  if (rule.expire) {
    const text = image.tags[rule.expire.tag];
    const until = date(text ?? '');
    if (text === undefined) held.push({ code: 'expiry-missing' });
    else if (until === undefined) held.push({ code: 'expiry-unreadable' });
    else if (now <= until) held.push({ code: 'not-expired', until: until + 1 });
    return held;
  }
  const created = image.creationDate?.getTime();
  if (rule.keep?.newest !== undefined) {
    const group = groupPlainly(image, rule);
    const newer = account.images.filter((one) => {
      if (rulePlainly(one, policy, now) !== rule || groupPlainly(one, rule) !== group || !countsPlainly(one, account))
        return false;
      const [mine, its] = [created ?? Infinity, one.creationDate?.getTime() ?? Infinity];
      return its > mine || (its === mine && one.imageId < image.imageId);
    });
    if (group === undefined) held.push({ code: 'group-unknown' });
    else if (countsPlainly(image, account) && newer.length < rule.keep.newest) held.push({ code: 'newest-of-group' });
  }
  if (created === undefined) held.push({ code: 'creation-date-unknown' });
  else if (rule.keep?.youngerThan && now < created + ms(rule.keep.youngerThan)) {
    held.push({ code: 'younger-than', until: created + ms(rule.keep.youngerThan) });
  }
  const launched = image.lastLaunchedTime?.getTime();
  if (launched !== undefined && rule.keep?.launchedWithin && now < launched + ms(rule.keep.launchedWithin)) {
    held.push({ code: 'launched-within', until: launched + ms(rule.keep.launchedWithin) });
  }
  return held;
}

interface CopyFate {
  readonly code: string;
  /** False where the source stays only because who uses it could not be told. */
  readonly isSure: boolean;
}

/** What a copy's source makes of it, going from source to source. */
function copyFate(
  image: Image,
  account: Account,
  policy: RawPolicy,
  now: number,
  seen: string[],
): CopyFate | undefined {
  if (!rulePlainly(image, policy, now)?.keep?.copiesOfKept || !image.sourceImageId) return undefined;
  const isHere = [undefined, account.target.region].includes(image.sourceImageRegion);
  const source = account.images.find(({ imageId }) => isHere && imageId === image.sourceImageId);
  if (!source) return { code: 'copy-source-unknown', isSure: true };
  const code = 'copy-of-kept';
  if ([...seen, image.imageId].includes(source.imageId)) return { code, isSure: true };
  const itself = copyFate(source, account, policy, now, [...seen, image.imageId]);
  const isHeld = holds(source, account, policy, now).length > 0 || !rulePlainly(source, policy, now)?.deprecate;
  if (isHeld || itself?.isSure) return { code, isSure: true };
  const isUnknown =
    itself !== undefined ||
    hidesSharing(source, account, policy) ||
    consumers(source, account, policy, now).unknown.length > 0;
  return isUnknown ? { code, isSure: false } : undefined;
}

function unreadable(image: Image, account: Account, policy: RawPolicy): number {
  const readings = [...account.inventory, ...account.references.sources];
  const failed = readings.filter(({ status }) => status === 'unreadable').length;
  const missing = SOURCES.filter((name) => !readings.some((reading) => reading.name === name)).length;
  return failed + missing + (hidesSharing(image, account, policy) ? 1 : 0);
}

function hidesSharing({ imageId }: Image, { sharing }: Account, policy: RawPolicy): boolean {
  const ignores = Object(policy.references).sharedImages === 'evaluate' && !policy.targets;
  return !ignores && sharing.get(imageId)?.status === 'unreadable';
}

/** One decision, straight from the top to the bottom. */
function decideOne(image: Image, account: Account, policy: RawPolicy, now: number): PlainDecision {
  const rule = rulePlainly(image, policy, now);
  const copy = copyFate(image, account, policy, now, []);
  const held: Held[] = [...holds(image, account, policy, now), ...(copy?.isSure ? [copy] : [])];
  const unknowns = [
    ...Array.from({ length: unreadable(image, account, policy) }, () => 'source-unreadable'),
    ...consumers(image, account, policy, now).unknown,
    ...(copy && !copy.isSure ? [copy.code] : []),
  ];
  const unknown = unknowns.length;
  const answer = (decision: string, codes: string[], next?: [string, number]): PlainDecision => ({
    imageId: image.imageId,
    decision,
    rule: rule?.name,
    codes,
    next:
      next && rulePlainly(image, policy, next[1]) === rule
        ? `${next[0]} ${new Date(next[1]).toISOString()}`
        : undefined,
  });

  const tag = image.tags['ami-janitor:deprecated-at'];
  const { at: marked, isReadable: isTagReadable, isDeprecated } = markOf(image, now);
  const inForce = image.deprecationTime?.getTime();

  if (held.length > 0) {
    const codes = held.map(({ code }) => code);
    const ends = held.map(({ until }) => until ?? Infinity);
    const end = Math.max(...ends);
    const isTimeOnly = end < Infinity && rule?.deprecate && unknown === 0 && (tag === undefined || isTagReadable);
    const next: [string, number] | undefined = isTimeOnly ? ['deprecate', end] : undefined;
    const isUntouchable = codes.some((code) => ['managed', 'not-own', 'state'].includes(code));
    return answer(isTagReadable && !isUntouchable ? 'reinstate' : 'keep', codes, next);
  }

  const due = ['unreferenced'];
  if (rule?.keep?.newest !== undefined && image.state === 'available') due.push('beyond-newest');
  if (rule?.keep?.youngerThan) due.push('older-than');
  if (rule?.keep?.launchedWithin) due.push('not-launched-within');
  if (rule?.expire) due.push('expired');
  if (!rule?.deprecate) return answer('keep', ['no-action-in-rule', ...due]);

  const stay = (code: string, next?: [string, number]): PlainDecision =>
    answer('keep', [...unknowns, code, ...due], unknown > 0 ? undefined : next);
  const act = (decision: string, ...codes: string[]): PlainDecision =>
    unknown > 0 ? answer('keep', unknowns) : answer(decision, [...codes, ...due]);

  if (tag !== undefined && !isTagReadable) return stay('deprecated-at-unreadable');
  if (!isDeprecated || marked === undefined || inForce === undefined) {
    return inForce !== undefined && inForce <= now ? act('deprecate', 'deprecated-by-other') : act('deprecate');
  }
  const promiseTag = image.tags['ami-janitor:deregister-after'];
  const promise = promiseTag === undefined ? 0 : date(promiseTag);
  if (promise === undefined) return stay('deregister-after-unreadable');
  const deregisterAt = rule.deregister ? Math.max(marked + ms(rule.deregister.after), inForce, promise) : Infinity;
  const disableAt =
    rule.disable && image.state === 'available' ? Math.max(marked + ms(rule.disable.after), inForce) : Infinity;

  // A policy that tells owners asks for time between telling them and the removal.
  const toldTag = image.tags['ami-janitor:announced-at'];
  const told = date(toldTag ?? '');
  const isCurrent =
    told !== undefined && told <= now && told >= (image.creationDate?.getTime() ?? 0) && told >= marked - 24 * HOUR;
  const noticeEnds = !policy.notify ? 0 : isCurrent ? told + ms(rule.deregister?.notice ?? '7d') : Infinity;
  const removalAt = Math.max(deregisterAt, noticeEnds);
  const removal: [string, number] | undefined = removalAt < Infinity ? ['deregister', removalAt] : undefined;

  if (now >= removalAt) return act('deregister', 'deprecated-for');
  if (now >= disableAt) return act('disable', 'deprecated-for');
  if (now >= deregisterAt) return stay(isCurrent ? 'notice-running' : 'not-announced', removal);
  if (disableAt < deregisterAt) return stay('waiting', ['disable', disableAt]);
  if (deregisterAt < Infinity) return stay('waiting', removal);
  return stay('nothing-further');
}

export function decidePlainly(account: Account, policy: RawPolicy, at: Date): PlainDecision[] {
  return account.images.map((image) => decideOne(image, account, policy, at.getTime()));
}
