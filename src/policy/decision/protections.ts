import type { Target } from '../../model/account.ts';
import { globMatcher } from '../../model/glob.ts';
import type { Image, Tags } from '../../model/image.ts';
import { type InUseProtection, imageRecordOf, type JournalReading } from '../../model/journal.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { KeepReason, Manager } from '../../model/reasons.ts';
import { isDisabledByTool, readKeep, TAG, tagValue } from '../../model/tags.ts';
import { type TagFinder, tagFinder } from './select.ts';

/** A reason that keeps an image now, or might. */
export interface Hold<Reason extends KeepReason = KeepReason> {
  readonly reason: Reason;
  /** The first millisecond at which it no longer holds, where time alone ends it. */
  readonly endsAt?: number;
  /** It rests on what is not known, or on what this tool did: the image stays, and gets nothing back for it. */
  readonly isUnsure?: boolean;
}

type ReasonOf<Code> = Extract<KeepReason, { readonly code: Code }>;

/** The policy's own protections, compiled. */
export interface Protections {
  readonly tags: readonly { readonly pattern: string; readonly find: TagFinder }[];
  readonly images: ReadonlySet<string>;
  readonly names: readonly { readonly pattern: string; readonly matches: (name: string) => boolean }[];
  /** Account ids and Regions. */
  readonly targets: ReadonlySet<string>;
}

/** Compiles `protect`. */
export function compileProtections(protect: Policy['protect']): Protections {
  return {
    tags: protect.tags.map(({ key, value }) => ({
      pattern: `${key}=${value}`,
      find: tagFinder({ key, values: [value] }),
    })),
    images: new Set(protect.images),
    names: protect.names.map((pattern) => ({ pattern, matches: globMatcher(pattern) })),
    targets: new Set([...protect.accounts, ...protect.regions]),
  };
}

/** The first of the policy's protected tags that a resource carries. */
export function protectedTag(tags: Tags, protections: Protections): ReasonOf<'protected-tag'> | undefined {
  for (const { pattern, find } of protections.tags) {
    const tag = find(tags);
    if (tag) return { code: 'protected-tag', key: tag.key, value: tag.value, pattern };
  }
  return undefined;
}

/** The account or the Region, where the policy protects all that lies in it. */
export function protectedTarget(
  { accountId, region }: Target,
  { targets }: Protections,
): ReasonOf<'protected-target'> | undefined {
  const target = [accountId, region].find((one) => targets.has(one));
  return target === undefined ? undefined : { code: 'protected-target', target };
}

/**
 * Everything that protects an image whatever its rule says: the policy, people's tags, other services, EC2 itself. That it
 * is public protects it unless its rule is for such images.
 * @param own EC2's protection, where it is this tool's own
 */
export function protectionHolds(
  image: Image,
  protections: Protections,
  target: Target,
  at: number,
  rule?: Rule,
  own?: InUseProtection,
): Hold[] {
  const holds: Hold[] = [];
  const tag = protectedTag(image.tags, protections);
  if (tag) holds.push({ reason: tag });
  if (protections.images.has(image.imageId)) holds.push({ reason: { code: 'protected-image' } });
  const name = protections.names.find(({ matches }) => matches(image.name));
  if (name) holds.push({ reason: { code: 'protected-name', pattern: name.pattern } });
  const place = protectedTarget(target, protections);
  if (place) holds.push({ reason: place });
  const keep = keepTag(image.tags, at);
  if (keep) holds.push(keep);
  const by = managerOf(image);
  if (by) holds.push({ reason: { code: 'managed', by } });
  const owner = otherOwner(image, target);
  if (owner !== undefined) holds.push({ reason: { code: 'not-own', owner } });
  const { deregistrationProtection } = image;
  // The value during the cooldown is not documented, so every text but `disabled` is protection.
  if (own) {
    holds.push({ reason: { code: 'own-protection', protectedAt: own.at }, isUnsure: true });
  } else if (deregistrationProtection !== undefined && deregistrationProtection !== 'disabled') {
    holds.push({ reason: { code: 'deregistration-protection', value: deregistrationProtection } });
  }
  if (image.isPublic && !rule?.public) holds.push({ reason: { code: 'public' } });
  if (image.name === '') holds.push({ reason: { code: 'name-unknown' } });
  if (!canBeActedOn(image)) holds.push({ reason: { code: 'state', state: image.state } });
  return holds;
}

/** Who else manages an image; such images are left alone and never count as one of a rule's newest. */
export function managerOf(image: Image): Manager | undefined {
  if (image.ownerAlias === 'aws-backup-vault') return 'aws-backup';
  return managerByTags(image.tags) ?? (image.productCodes.length > 0 ? 'marketplace' : undefined);
}

/** The owner, where it is not the account itself. */
export function otherOwner(image: Image, target: Target): string | undefined {
  if (image.ownerId !== target.accountId) return image.ownerId;
  const alias = image.ownerAlias;
  return alias === 'self' || alias === 'aws-backup-vault' ? undefined : alias;
}

/** Only images that are complete and still registered can be acted on. */
export function canBeActedOn(image: Image): boolean {
  return image.state === 'available' || image.state === 'disabled';
}

/** The hold of `ami-janitor:keep` at a time; a value that says neither `true` nor a date keeps, and is reported. Undefined without the tag, or past its date. */
export function keepTag(tags: Tags, at: number): Hold<ReasonOf<'keep-tag' | 'keep-tag-unreadable'>> | undefined {
  const value = tagValue(tags, TAG.keep);
  if (value === undefined) return undefined;
  const keep = readKeep(value);
  if (keep.kind === 'for-ever') return { reason: { code: 'keep-tag' } };
  if (keep.kind === 'unreadable') return { reason: { code: 'keep-tag-unreadable', value } };
  const { date: until } = keep;
  return at > until.getTime() ? undefined : { reason: { code: 'keep-tag', until }, endsAt: until.getTime() + 1 };
}

/** Which other AWS service manages a resource, by the tags that it puts there. */
export function managerByTags(tags: Tags): Manager | undefined {
  for (const key in tags) {
    if (key.startsWith('aws:backup:')) return 'aws-backup';
    if (key.startsWith('aws:dlm:')) return 'data-lifecycle-manager';
    if (key === 'CreatedBy' && tags[key] === 'EC2 Fast Launch') return 'fast-launch';
  }
  return undefined;
}

/**
 * What holds an image because of what was taken from it, or by whom: a person brought it back, giving back is not
 * finished, or someone else disabled it. That tags alone say so is enough here: all of it keeps.
 */
export function takenHolds(image: Image, rule: Rule | undefined, journal: JournalReading): Hold[] {
  if (journal.status === 'unreadable') return [];
  const record = imageRecordOf(journal, image.imageId);
  if (record?.reinstating) return [{ reason: { code: 'reinstating', since: record.reinstating.at } }];
  if (record?.removing || tagValue(image.tags, TAG.deregisterRun) !== undefined) {
    return [putBack('deregister', record?.removing?.at)];
  }
  const isTagged = tagValue(image.tags, TAG.disabledAt) !== undefined;
  if (image.state === 'available' && (isTagged || record?.disabled)) return [putBack('disable', record?.disabled?.at)];
  const isAskedFor = rule?.select.state !== undefined;
  return image.state === 'disabled' && !isDisabledByTool(image, journal) && !isAskedFor
    ? [{ reason: { code: 'disabled-by-others' } }]
    : [];
}

function putBack(after: 'deregister' | 'disable', takenAt: Date | undefined): Hold {
  return { reason: { code: 'put-back', after, ...(takenAt && { takenAt }) } };
}
