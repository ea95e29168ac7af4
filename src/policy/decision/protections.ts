import type { Target } from '../../model/account.ts';
import type { Image, Tags } from '../../model/image.ts';
import type { Policy } from '../../model/policy.ts';
import type { Manager } from '../../model/reasons.ts';
import type { Hold } from './hold.ts';
import { keepTag } from './keep-tag.ts';
import { managerByTags } from './managed.ts';
import { type TagFinder, tagFinder } from './tag-match.ts';

/** The policy's own protections, compiled. */
export interface Protections {
  readonly tags: readonly { readonly pattern: string; readonly find: TagFinder }[];
  readonly images: ReadonlySet<string>;
}

/** Compiles `protect`. */
export function compileProtections(protect: Policy['protect']): Protections {
  return {
    tags: protect.tags.map((tag) => ({ pattern: `${tag.key}=${tag.value}`, find: tagFinder(tag) })),
    images: new Set(protect.images),
  };
}

/** The first of the policy's protected tags that a resource carries. */
export function protectedTag(
  tags: Tags,
  protections: Protections,
):
  | { readonly code: 'protected-tag'; readonly key: string; readonly value: string; readonly pattern: string }
  | undefined {
  for (const { pattern, find } of protections.tags) {
    const tag = find(tags);
    if (tag) return { code: 'protected-tag', key: tag.key, value: tag.value, pattern };
  }
  return undefined;
}

/** Everything that protects an image whatever its rule says: the policy, people's tags, other services, EC2 itself. */
export function protectionHolds(image: Image, protections: Protections, target: Target, at: number): Hold[] {
  const holds: Hold[] = [];
  const tag = protectedTag(image.tags, protections);
  if (tag) holds.push({ reason: tag });
  if (protections.images.has(image.imageId)) holds.push({ reason: { code: 'protected-image' } });
  const keep = keepTag(image.tags, at);
  if (keep) holds.push(keep);
  const by = managerOf(image);
  if (by) holds.push({ reason: { code: 'managed', by } });
  const owner = otherOwner(image, target);
  if (owner !== undefined) holds.push({ reason: { code: 'not-own', owner } });
  const { deregistrationProtection } = image;
  // The value during the cooldown is not documented, so every text but `disabled` is protection.
  if (deregistrationProtection !== undefined && deregistrationProtection !== 'disabled') {
    holds.push({ reason: { code: 'deregistration-protection', value: deregistrationProtection } });
  }
  if (image.isPublic) holds.push({ reason: { code: 'public' } });
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
