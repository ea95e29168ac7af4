/**
 * The decision over every image a second time, as plainly as it can be said, to be held against the real one.
 * It shares no code with it: it reads the policy as the file has it, and looks at everything anew for each image.
 */

import type { Account } from '../../src/model/account.ts';
import type { Image } from '../../src/model/image.ts';
import { SOURCES } from '../../src/model/sources.ts';
import type { RawKeep, RawPolicy, RawRule } from '../builders/arbitrary-policies.ts';

export interface PlainDecision {
  readonly imageId: string;
  readonly decision: string;
  readonly rule: string | undefined;
  readonly codes: readonly string[];
  readonly next: string | undefined;
  /** What is done with EC2's own protection. */
  readonly protection: string | undefined;
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

/** Days or a duration, in milliseconds; nothing where it is neither. */
function ageOf(text: string): number {
  return /^\d+[hdwy]?$/.test(text) ? ms(/\d$/.test(text) ? `${text}d` : text) : 0;
}

function date(text: string): number | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return Date.parse(`${text}T23:59:59.999Z`);
  if (!/^\d{4}-\d{2}-\d{2}T/.test(text)) return undefined;
  return Date.parse(/(Z|[+-]\d{2}:\d{2})$/.test(text) ? text : `${text}Z`);
}

function hasTag(image: Image, keyGlob: string, valueGlob: string): boolean {
  return Object.entries(image.tags).some(([key, value]) => glob(keyGlob, key) && glob(valueGlob, value));
}

function selected(image: Image, select: RawRule['select'], account: Account, now: number, unknown = false): boolean {
  const { accountId, region } = account.target;
  for (const [field, wanted] of Object.entries(select)) {
    if (field === 'tags') {
      for (const [key, value] of Object.entries(Object(wanted))) {
        const values: unknown[] = [value].flat();
        const isThere = values.some((one) => hasTag(image, key, typeof one === 'string' ? one : '*'));
        if (isThere !== (typeof values[0] === 'string')) return false;
      }
    } else if (field === 'not') {
      if (selected(image, Object(wanted), account, now, true)) return false;
    } else if (field === 'accounts' || field === 'regions') {
      if (![wanted].flat().includes(field === 'accounts' ? accountId : region)) return false;
    } else if (field === 'olderThan' || field === 'youngerThan') {
      if (!image.creationDate && unknown) continue;
      if (!image.creationDate) return false;
      const isOld = now - image.creationDate.getTime() >= ms(String(wanted));
      if (isOld !== (field === 'olderThan')) return false;
    } else if (field === 'severity') {
      if (!image.scan && unknown) continue;
      if (![wanted].flat().some((one) => String(one).toLowerCase() === image.scan?.severity)) return false;
    } else if (field === 'watermark') {
      if (![wanted].flat().some((one) => image.watermarks?.some((key) => glob(String(one), key)))) return false;
    } else {
      const { name, architecture, state, sourceImageId: sourceImage } = image;
      const text = { name, architecture, state, sourceImage }[field] ?? '';
      if (field === 'sourceImage' && sourceImage === undefined) return false;
      if (![wanted].flat().some((pattern) => glob(String(pattern), text))) return false;
    }
  }
  return true;
}

export function rulePlainly(image: Image, account: Account, policy: RawPolicy, now: number): RawRule | undefined {
  return policy.rules.find((rule) => selected(image, rule.select, account, now));
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
  return (
    image.state === 'available' && image.name !== '' && !isManaged(image) && image.ownerId === account.target.accountId
  );
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
  const { crossAccountUsage: elsewhere } = account;
  const saved = (image.tags['ami-janitor:launch-permissions'] ?? '').split(',');
  const shares = [...sharing.accounts, ...sharing.organizations, ...(policy.targets ? saved : [])];
  const isWide = shares.some((one) => one.startsWith('arn:'));
  const others = shares.filter((one) => /^\d+$/.test(one) && (!policy.targets || one !== image.ownerId));
  if (!evaluates || !elsewhere) {
    const held = (sharing.isPublic || shares.includes('all')) && !image.isPublic ? ['public'] : [];
    const shared = isWide || others.length > 0 ? ['shared'] : [];
    const mayUse = [
      ...(elsewhere?.lastUsedBy?.get(image.imageId)?.keys() ?? []),
      ...[...(elsewhere?.neverRead ?? [])].filter((id) => elsewhere?.unread.has(id)),
    ];
    const unread = mayUse.length > 0 ? ['consumer-unread'] : [];
    const isPublic = image.isPublic && rulePlainly(image, account, policy, now)?.public;
    const alone = isPublic ? ['public'] : shared;
    return evaluates ? { held, unknown: [...alone, ...unread] } : { held: [...held, ...shared], unknown: unread };
  }
  const isKnown = (id: string): boolean => elsewhere.read.has(id) && !elsewhere.unread.has(id);
  const held: string[] = [];
  const unknown: string[] = [];

  if ((sharing.isPublic || shares.includes('all')) && !image.isPublic) held.push('public');
  const unread = [...elsewhere.unread.keys()].filter(
    (id) => id !== image.ownerId && (isWide || image.isPublic || others.includes(id)),
  );
  if (unread.length > 0 || elsewhere.lastUsedBy?.has(image.imageId)) unknown.push('consumer-unread');
  const usage = elsewhere.usage.get(image.imageId);
  const isAnybody = isWide || (elsewhere.neverRead?.size ?? 0) > 0;
  if ((isAnybody || others.some((id) => !isKnown(id))) && usage) {
    const marked = markOf(image, account, now);
    const made = usage.status === 'available' ? usage.createdAt.getTime() : 0;
    const shared = elsewhere.sharedSince?.get(image.imageId)?.getTime() ?? 0;
    const since = marked.kind === 'deprecated' ? marked.since : 0;
    const isCareful = marked.kind === 'deprecated' || isBlocked(image, account, policy, now);
    const isOld = isCareful && (made < Math.max(since, shared) + ms('7d') || made < now - ms('2d'));
    if (usage.status !== 'available') unknown.push('usage-unknown');
    else if (usage.entries.some(({ accountId }) => accountId !== image.ownerId && !isKnown(accountId)))
      held.push('used-elsewhere');
    else if (isOld) unknown.push('usage-report-too-early');
  }
  return { held, unknown };
}

/** Whether somebody whom the image is shared with, and who was read, may be unable to launch it once it is deprecated. */
function isBlocked(image: Image, account: Account, policy: RawPolicy, now: number): boolean {
  const rule = rulePlainly(image, account, policy, now);
  const { crossAccountUsage: elsewhere } = account;
  const sharing = account.sharing.get(image.imageId);
  if (!rule?.deprecate || !elsewhere || sharing?.status !== 'read' || !policy.targets) return false;
  if (Object(policy.references).sharedImages !== 'evaluate' || markOf(image, account, now).kind === 'deprecated')
    return false;
  if (image.deprecationTime && image.deprecationTime.getTime() <= now) return false;
  const shares = [
    ...sharing.accounts,
    ...sharing.organizations,
    ...(image.tags['ami-janitor:launch-permissions'] ?? '').split(','),
  ];
  const isWide = image.isPublic || shares.some((one) => one.startsWith('arn:'));
  const step = rule.disable ?? rule.deregister;
  const limit = step ? Math.max(ms(step.after), ms(step.notice ?? (rule.public ? '90d' : '7d'))) : Infinity;
  return [...elsewhere.read].some((id) => {
    if (id === image.ownerId || !(isWide || shares.includes(id))) return false;
    const settings = elsewhere.allowedImages?.get(id);
    if (settings?.status !== 'read') return true;
    const isStrict = (days: number | undefined) => days !== undefined && days * ms('1d') < limit;
    const kinds = settings.criteria.map(({ providers, daysSinceDeprecated: days, asksMore }) => {
      const isNamed = !providers || providers.includes(image.ownerId);
      const mayBe = isNamed || providers.includes('amazon');
      if (isNamed && !asksMore && !isStrict(days)) return 'lets';
      return mayBe && isStrict(days) ? 'blocks' : 'nothing';
    });
    return kinds.includes('blocks') && !kinds.includes('lets');
  });
}

/** What keeps a public image that would go otherwise: whoever may use it. */
function publicUse(image: Image, account: Account, since: number | undefined, now: number): string | undefined {
  const usage = account.publicUsage?.get(image.imageId);
  if (!image.isPublic || !usage) return undefined;
  if (usage.status !== 'available') return 'usage-unknown';
  const { read, unread, sharedSince } = account.crossAccountUsage ?? {};
  const strangers = usage.entries.filter(
    ({ accountId: id }) => id !== image.ownerId && !(read?.has(id) && !unread?.has(id)),
  );
  if (strangers.length > 0) return 'used-elsewhere';
  if (since === undefined) return undefined;
  const made = usage.createdAt.getTime();
  const shared = sharedSince?.get(image.imageId)?.getTime() ?? 0;
  return made < Math.max(since, shared) + ms('7d') || made < now - ms('2d') ? 'usage-report-too-early' : undefined;
}

/** What this tool turned on itself: record and tag name the same run, and EC2 shows no cooldown. */
function isOwnProtected({ imageId, tags, deregistrationProtection }: Image, { journal }: Account): boolean {
  const record = journal.status === 'read' ? journal.images.get(imageId)?.protected : undefined;
  const isNamed = record !== undefined && record.runId === tags['ami-janitor:protect-run'];
  return isNamed && deregistrationProtection === 'enabled-without-cooldown';
}

/** That it is protected so, and what stands against taking that off a public image. */
function ownUnknowns(image: Image, account: Account, policy: RawPolicy, now: number): string[][] {
  if (!isOwnProtected(image, account)) return [[], []];
  const mark = markOf(image, account, now);
  const isAsked = rulePlainly(image, account, policy, now)?.public;
  const used = isAsked
    ? publicUse(image, account, mark.kind === 'deprecated' ? mark.since : undefined, now)
    : undefined;
  return [['own-protection'], used ? [used] : []];
}

/** Everything of an image alone that may keep it and is no certain hold. */
function unsure(image: Image, account: Account, policy: RawPolicy, now: number): string[] {
  const [own = [], used = []] = ownUnknowns(image, account, policy, now);
  const hidden = hidesSharing(image, account, policy) ? ['source-unreadable'] : [];
  return [...own, ...hidden, ...consumers(image, account, policy, now).unknown, ...used];
}

const BY_ITS_RULE =
  /^(own-protection|no-rule|rule-keeps-always|newest-of-group|younger-than|launched-within|creation-date-unknown|group-unknown|not-expired|expiry-(missing|unreadable)|copy-of-kept|ancestor-of-kept)$/;

/** @param codes everything that holds it, or may */
function protectionPlainly(image: Image, account: Account, policy: RawPolicy, codes: string[]): string | undefined {
  if (!Object(policy.protect).inUse || account.journal.status === 'unreadable') return undefined;
  if (isManaged(image) || image.ownerId !== account.target.accountId) return undefined;
  if (!codes.includes('referenced'))
    return isOwnProtected(image, account) && codes.every((code) => BY_ITS_RULE.test(code)) ? 'unprotect' : undefined;
  const isOn = !['disabled', undefined].includes(image.deregistrationProtection);
  if (isOn || image.state !== 'available') return undefined;
  const { journal } = account;
  const isPeoples =
    journal.status === 'read'
      ? journal.images.get(image.imageId)?.protected?.state === 'on'
      : image.tags['ami-janitor:protect-run'] !== undefined;
  return isPeoples ? undefined : 'protect';
}

type Mark =
  | { readonly kind: 'none' | 'unreadable' | 'stale' | 'no-record' }
  /** `since` the deprecation; `start` is when the waits began. */
  | { readonly kind: 'deprecated'; readonly since: number; readonly start: number };

/** What is known of this tool's deprecation. */
function markOf(image: Image, account: Account, now: number): Mark {
  const tag = image.tags['ami-janitor:deprecated-at'];
  if (tag === undefined) return { kind: 'none' };
  const tagged = date(tag);
  if (tagged === undefined || tagged > now + HOUR) return { kind: 'unreadable' };
  const aws = image.deprecationTime?.getTime();
  const hasJournal = account.journal.status === 'read';
  const record = account.journal.status === 'read' ? account.journal.images.get(image.imageId)?.deprecated : undefined;
  if (hasJournal && !record) return { kind: 'stale' };
  if (!hasJournal && image.creationDate && tagged < image.creationDate.getTime()) return { kind: 'stale' };
  const told = Math.max(tagged, record?.at.getTime() ?? 0);
  if (aws === undefined || (aws > now && aws > told + HOUR / 6)) return { kind: 'stale' };
  const was = date(image.tags['ami-janitor:previous-deprecation-time'] ?? '');
  if (!hasJournal && (Math.abs(aws - tagged) > HOUR / 6 || was === aws)) return { kind: 'no-record' };
  const since = aws <= now && aws > told ? aws : told;
  return { kind: 'deprecated', since, start: Math.max(since, image.lastLaunchedTime?.getTime() ?? 0) };
}

/** What was taken from an image, and by whom, as far as that keeps it. */
function taken(image: Image, account: Account, policy: RawPolicy, now: number): string[] {
  const { journal } = account;
  if (journal.status === 'unreadable') return [];
  const record = journal.status === 'read' ? (journal.images.get(image.imageId) ?? {}) : undefined;
  const has = (name: string): boolean => Object.hasOwn(image.tags, `ami-janitor:${name}`);
  if (record?.reinstating) return ['reinstating'];
  if (record?.removing || has('deregister-run')) return ['put-back'];
  if (image.state === 'available') return record?.disabled || has('disabled-at') ? ['put-back'] : [];
  const isOurs = record ? record.disabled !== undefined : has('disabled-at');
  const isStated = rulePlainly(image, account, policy, now)?.select.state !== undefined;
  return image.state === 'disabled' && !isOurs && !isStated ? ['disabled-by-others'] : [];
}

/** How many images of its group are newer. */
function newerOf(image: Image, rule: RawRule, account: Account, policy: RawPolicy, now: number): number {
  const [group, mine] = [groupPlainly(image, rule), image.creationDate?.getTime() ?? Infinity];
  return account.images.filter((one) => {
    if (rulePlainly(one, account, policy, now) !== rule || groupPlainly(one, rule) !== group) return false;
    const its = one.creationDate?.getTime() ?? Infinity;
    return countsPlainly(one, account) && (its > mine || (its === mine && one.imageId < image.imageId));
  }).length;
}

function countOf({ newest = 0 }: RawKeep): number {
  return typeof newest === 'number' ? newest : newest.count;
}

/** Everything that holds an image, but for copies. */
function holds(image: Image, account: Account, policy: RawPolicy, now: number): Held[] {
  const held: Held[] = [];
  const protect = Object(policy.protect);
  const tags: [string, unknown][] = Object.entries(Object(protect.tags));
  if (tags.some(([key, values]) => [values].flat().some((value) => hasTag(image, key, String(value))))) {
    held.push({ code: 'protected-tag' });
  }
  if ([protect.images].flat().includes(image.imageId)) held.push({ code: 'protected-image' });
  const names: string[] = [protect.names ?? []].flat();
  if (names.some((name) => glob(name, image.name))) held.push({ code: 'protected-name' });
  const { accountId, region } = account.target;
  if ([protect.accounts].flat().includes(accountId) || [protect.regions].flat().includes(region))
    held.push({ code: 'protected-target' });
  const keepTag = image.tags['ami-janitor:keep'];
  if (keepTag !== undefined) {
    const until = date(keepTag);
    if (keepTag === 'true') held.push({ code: 'keep-tag' });
    else if (until === undefined) held.push({ code: 'keep-tag-unreadable' });
    else if (now <= until) held.push({ code: 'keep-tag', until: until + 1 });
  }
  if (isManaged(image)) held.push({ code: 'managed' });
  if (image.ownerId !== account.target.accountId) held.push({ code: 'not-own' });
  if (!['disabled', undefined].includes(image.deregistrationProtection) && !isOwnProtected(image, account))
    held.push({ code: 'deregistration-protection' });
  if (image.isPublic && !rulePlainly(image, account, policy, now)?.public) held.push({ code: 'public' });
  if (image.name === '') held.push({ code: 'name-unknown' });
  if (!['available', 'disabled'].includes(image.state)) held.push({ code: 'state' });
  held.push(...taken(image, account, policy, now).map((code) => ({ code })));
  held.push(...consumers(image, account, policy, now).held.map((code) => ({ code })));
  const named = account.references.images.get(image.imageId) ?? [];
  if (named.some(({ kind, accountId }) => kind !== 'ec2:FastLaunch' || accountId)) held.push({ code: 'referenced' });

  const rule = rulePlainly(image, account, policy, now);
  if (!rule) return [...held, { code: 'no-rule' }];
  if (rule.keep === 'always') return [...held, { code: 'rule-keeps-always' }];
  if (rule.expire) {
    const text = image.tags[rule.expire.tag];
    const born = image.creationDate?.getTime();
    const isAge = rule.expire.as === 'age';
    const until = isAge ? (born ?? Number.NaN) + ageOf(text ?? '') : date(text ?? '');
    if (text === undefined) held.push({ code: 'expiry-missing' });
    else if (isAge && born === undefined) held.push({ code: 'creation-date-unknown' });
    else if (isAge && !ageOf(text)) held.push({ code: 'expiry-unreadable' });
    else if (until === undefined) held.push({ code: 'expiry-unreadable' });
    else if (now <= until) held.push({ code: 'not-expired', until: until + 1 });
    return held;
  }
  const created = image.creationDate?.getTime();
  if (rule.keep?.newest !== undefined) {
    const group = groupPlainly(image, rule);
    const { youngerThan } = Object(rule.keep.newest);
    const until = youngerThan && created !== undefined ? created + ms(youngerThan) : Infinity;
    const isOne = newerOf(image, rule, account, policy, now) < countOf(rule.keep);
    if (group === undefined) held.push({ code: 'group-unknown' });
    else if (countsPlainly(image, account) && isOne && now < until)
      held.push({ code: 'newest-of-group', ...(until < Infinity && { until }) });
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
  seesAncestors = true,
): CopyFate | undefined {
  const keep = rulePlainly(image, account, policy, now)?.keep;
  if (keep === 'always' || !keep?.copiesOfKept || !image.sourceImageId) return undefined;
  const source = sourceOf(image, account);
  if (!source) return { code: 'copy-source-unknown', isSure: true };
  const code = 'copy-of-kept';
  if ([...seen, image.imageId].includes(source.imageId)) return { code, isSure: true };
  const itself = copyFate(source, account, policy, now, [...seen, image.imageId], seesAncestors);
  const ancestor = seesAncestors ? ancestorFate(source, account, policy, now) : undefined;
  const isHeld =
    holds(source, account, policy, now).length > 0 || !rulePlainly(source, account, policy, now)?.deprecate;
  if (isHeld || itself?.isSure || ancestor?.isSure) return { code, isSure: true };
  const isUnknown = itself !== undefined || ancestor !== undefined || unsure(source, account, policy, now).length > 0;
  return isUnknown ? { code, isSure: false } : undefined;
}

function sourceOf(
  { sourceImageId, sourceImageRegion }: Pick<Image, 'sourceImageId' | 'sourceImageRegion'>,
  { images, target }: Account,
): Image | undefined {
  const isHere = [undefined, target.region].includes(sourceImageRegion);
  return images.find(({ imageId }) => isHere && imageId === sourceImageId);
}

/** What an image was made from: its source, or the next of the account's own of what AWS says lies beyond that. */
function parentOf(image: Image, account: Account): Image | undefined {
  const source = sourceOf(image, account);
  const reading = image.sourceImageId && account.ancestry.get(image.sourceImageId);
  if (source || !reading || reading.status !== 'read') return source;
  const own = reading.ancestors.map((one) =>
    sourceOf({ sourceImageId: one.imageId, sourceImageRegion: one.region }, account),
  );
  return own.find((one) => one !== undefined);
}

function isMadeFrom(image: Image, ancestor: Image, account: Account): boolean {
  const seen: Image[] = [];
  for (let one = parentOf(image, account); one && !seen.includes(one); one = parentOf(one, account)) {
    if (one === ancestor) return true;
    seen.push(one);
  }
  return false;
}

/** What those that were made from an image make of it. */
function ancestorFate(image: Image, account: Account, policy: RawPolicy, now: number): CopyFate | undefined {
  const keep = rulePlainly(image, account, policy, now)?.keep;
  if (keep === 'always' || !keep?.ancestorsOfKept) return undefined;
  const code = 'ancestor-of-kept';
  const fates = account.images
    .filter((one) => isMadeFrom(one, image, account))
    .map((one) => {
      const copy = copyFate(one, account, policy, now, [], false);
      const isHeld = holds(one, account, policy, now).length > 0 || !rulePlainly(one, account, policy, now)?.deprecate;
      if (isHeld || copy?.isSure) return 'sure';
      const isUnknown = unsure(one, account, policy, now).length > 0;
      return copy || isUnknown ? 'unsure' : 'due';
    });
  if (fates.includes('sure')) return { code, isSure: true };
  if (fates.includes('unsure')) return { code, isSure: false };
  const isUnread = [...account.ancestry.values()].some(({ status }) => status === 'unreadable');
  return isUnread ? { code: 'source-unreadable', isSure: false } : undefined;
}

function unreadable(account: Account): number {
  const readings = [...account.inventory, ...account.references.sources];
  const failed = readings.filter(({ status }) => status === 'unreadable').length;
  const missing = SOURCES.filter((name) => !readings.some((reading) => reading.name === name)).length;
  const journal = account.journal.status === 'unreadable' ? 1 : 0;
  return failed + missing + journal;
}

function hidesSharing({ imageId }: Image, { sharing }: Account, policy: RawPolicy): boolean {
  const ignores = Object(policy.references).sharedImages === 'evaluate' && !policy.targets;
  return !ignores && sharing.get(imageId)?.status === 'unreadable';
}

/** One decision, straight from the top to the bottom. */
function decideOne(image: Image, account: Account, policy: RawPolicy, now: number): PlainDecision {
  const rule = rulePlainly(image, account, policy, now);
  const copy = copyFate(image, account, policy, now, []);
  const relatives = [ancestorFate(image, account, policy, now), copy].filter((one) => one !== undefined);
  const held: Held[] = [...holds(image, account, policy, now), ...relatives.filter(({ isSure }) => isSure)];
  const unknowns = [
    ...Array.from({ length: unreadable(account) }, () => 'source-unreadable'),
    ...unsure(image, account, policy, now),
    ...relatives.filter(({ isSure }) => !isSure).map(({ code }) => code),
  ];
  const unknown = unknowns.length;
  const answer = (decision: string, codes: string[], next?: [string, number]): PlainDecision => ({
    imageId: image.imageId,
    decision,
    rule: rule?.name,
    codes,
    next:
      next && rulePlainly(image, account, policy, next[1]) === rule
        ? `${next[0]} ${new Date(next[1]).toISOString()}`
        : undefined,
    protection: protectionPlainly(image, account, policy, [...held.map((one) => one.code), ...unknowns]),
  });

  const mark = markOf(image, account, now);
  const inForce = image.deprecationTime?.getTime();

  if (held.length > 0) {
    const codes = held.map(({ code }) => code);
    const ends = held.map(({ until }) => until ?? Infinity);
    const end = Math.max(...ends);
    const isTimeOnly = end < Infinity && rule?.deprecate && unknown === 0 && mark.kind !== 'unreadable';
    const next: [string, number] | undefined = isTimeOnly ? ['deprecate', end] : undefined;
    const isUntouchable = codes.some((code) => ['managed', 'not-own', 'state'].includes(code));
    const isMarked =
      mark.kind !== 'none' && mark.kind !== 'unreadable' && codes.some((code) => code !== 'disabled-by-others');
    const isBack = codes.includes('put-back') || codes.includes('reinstating');
    const gives = !isUntouchable && account.journal.status !== 'unreadable' && (isMarked || isBack);
    return answer(gives ? 'reinstate' : 'keep', codes, next);
  }

  const due = ['unreferenced'];
  const keep = rule?.keep === 'always' ? undefined : rule?.keep;
  if (rule && keep?.newest !== undefined && image.state === 'available')
    due.push(newerOf(image, rule, account, policy, now) < countOf(keep) ? 'newest-too-old' : 'beyond-newest');
  if (keep?.youngerThan) due.push('older-than');
  if (keep?.launchedWithin) due.push('not-launched-within');
  if (rule?.expire) due.push('expired');
  const named = account.references.images.get(image.imageId) ?? [];
  if (rule?.deregister && named.some(({ kind, accountId }) => kind === 'ec2:FastLaunch' && !accountId))
    due.push('fast-launch');
  const blocked = isBlocked(image, account, policy, now);
  if (blocked) due.push('blocked-once-deprecated');
  if (!rule?.deprecate) return answer('keep', ['no-action-in-rule', ...due]);

  const stay = (code: string, next?: [string, number]): PlainDecision =>
    answer('keep', [...unknowns, code, ...due], unknown > 0 ? undefined : next);
  const act = (decision: string, ...codes: string[]): PlainDecision =>
    unknown > 0 ? answer('keep', unknowns) : answer(decision, [...codes, ...due]);

  if (mark.kind === 'unreadable') return stay('deprecated-at-unreadable');
  if (mark.kind === 'no-record') return stay('no-record');
  // What the present owner was told, and whether that still counts as having been told.
  const last = account.journal.status === 'read' ? account.journal.images.get(image.imageId)?.announced : undefined;
  const owner = (image.tags.Owner ?? '').trim() === '' ? undefined : image.tags.Owner;
  const mine = last && last.owner === owner ? last : undefined;
  const toldAt = mine?.at.getTime() ?? 0;
  const launchedAt = image.lastLaunchedTime?.getTime() ?? 0;
  const promisedAt = mine?.deprecateFrom?.getTime() ?? 0;
  const isValid = mine !== undefined && !mine.isWithdrawn && toldAt >= launchedAt;

  if (mark.kind !== 'deprecated') {
    const notice = ms((rule.disable ?? rule.deregister)?.notice ?? (rule.public ? '90d' : '7d'));
    const asks = blocked && policy.notify !== undefined;
    if (asks && !(isValid && promisedAt)) return stay('not-announced');
    const from = mine ? Math.max(promisedAt, asks ? toldAt + notice : 0) : 0;
    if (now < from) return stay('notice-running', ['deprecate', from]);
    return inForce !== undefined && inForce <= now ? act('deprecate', 'deprecated-by-other') : act('deprecate');
  }
  const isTold = isValid && Math.max(toldAt, promisedAt) >= mark.since - 24 * HOUR;
  const promiseTag = image.tags['ami-janitor:deregister-after'];
  const tagged = promiseTag === undefined ? 0 : date(promiseTag);
  if (tagged === undefined) return stay('deregister-after-unreadable');

  /** When a step's wait is over, and when it may be taken. */
  const times = (
    step: { after: string; notice?: string } | undefined,
    promise: Date | 'none' | undefined,
    floor: number,
  ) => {
    if (!step) return { over: Infinity, at: Infinity };
    const promised = promise instanceof Date ? promise.getTime() : 0;
    const over = Math.max(mark.start + ms(step.after), inForce ?? 0, floor, promised);
    if (promise === 'none') return { over, at: Infinity };
    if (!policy.notify) return { over, at: over };
    const notice = step.notice ?? (rule?.public ? '90d' : '7d');
    return { over, at: isTold ? Math.max(over, toldAt + ms(notice)) : Infinity };
  };
  const own = image.blockDevices.flatMap(({ snapshotId }) => snapshotId ?? []);
  const tierOf = (id: string) => account.snapshots.find(({ snapshotId }) => snapshotId === id)?.storageTier;
  const toArchive = image.state === 'disabled' && own.some((id) => tierOf(id) !== 'archive');
  const disable = times(image.state === 'available' ? rule.disable : undefined, mine?.disableFrom, 0);
  const archive = times(toArchive ? rule.archive : undefined, mine && (mine.archiveFrom ?? 'none'), 0);
  const deregister = times(rule.deregister, mine?.deregisterFrom, tagged);
  const used = publicUse(image, account, mark.since, now);
  if (now >= deregister.at && used && unknown === 0) return answer('keep', [used]);
  if (now >= deregister.at) return act('deregister', 'deprecated-for');
  if (now >= disable.at) return act('disable', 'deprecated-for');
  if (now >= archive.at) return act('archive', 'deprecated-for');
  const [name, early]: [string, typeof disable] =
    image.state === 'available' ? ['disable', disable] : ['archive', archive];
  const isEarly = early.at < deregister.at || (early.at === deregister.at && early.over < deregister.over);
  const step = isEarly ? early : deregister;
  const then: [string, number] | undefined = step.at < Infinity ? [isEarly ? name : 'deregister', step.at] : undefined;
  if (step.over === Infinity) return stay('nothing-further');
  if (now < step.over) return stay('waiting', then);
  return stay(isTold && step.at < Infinity ? 'notice-running' : 'not-announced', then);
}

export function decidePlainly(account: Account, policy: RawPolicy, at: Date): PlainDecision[] {
  return account.images.map((image) => decideOne(image, account, policy, at.getTime()));
}
