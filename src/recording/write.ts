import { sort } from 'd3-array';
import type { Account } from '../model/account.ts';
import type { Tags } from '../model/image.ts';
import type { Reference } from '../model/reference.ts';

/** The version of the file's shape; a reader refuses any other. */
export const RECORDING_VERSION = 1;

/**
 * An account as the text of a recording: JSON, one image, snapshot or entry a line, in order of their ids. So it diffs
 * well, and the same account gives the same text, in whatever order AWS and the sources answered.
 */
export function recordingText(account: Account): string {
  const { target, observedAt, images, snapshots, references, inventory, crossAccountUsage } = account;
  return `${textOf({
    recordingVersion: RECORDING_VERSION,
    target,
    observedAt,
    images: sort(images, ({ imageId }) => imageId).map(withReadableTags),
    snapshots: sort(snapshots, ({ snapshotId }) => snapshotId).map(withReadableTags),
    inventory,
    sources: references.sources,
    imageReferences: sortedReferences(references.images),
    snapshotReferences: sortedReferences(references.snapshots),
    dangling: sort(references.dangling, ({ missing }) => missing),
    sharing: account.sharing,
    snapshotDetails: account.snapshotDetails,
    // Left out where nothing would be archived.
    tierings: account.tierings.size === 0 ? undefined : account.tierings,
    recycleBin: account.recycleBin,
    retentionRules: account.retentionRules,
    // Left out where nobody asked, or where there is none: that is what their absence means.
    ancestry: account.ancestry.size === 0 ? undefined : account.ancestry,
    publicUsage: account.publicUsage?.size ? account.publicUsage : undefined,
    missingImages: account.missingImages,
    imageBuilderPolicies: account.imageBuilderPolicies,
    imageBuilderLeftovers: account.imageBuilderLeftovers,
    dlmPolicies: account.dlmPolicies,
    journal: account.journal.status === 'none' ? undefined : account.journal,
    elsewhere: crossAccountUsage && {
      read: [...crossAccountUsage.read].sort(),
      unread: crossAccountUsage.unread,
      usage: crossAccountUsage.usage,
      lastUsedBy: unlessEmpty(
        sort([...(crossAccountUsage.lastUsedBy ?? [])], ([id]) => id).map(([id, accounts]) => [id, [...accounts]]),
      ),
      sharedSince: unlessEmpty(sort([...(crossAccountUsage.sharedSince ?? [])], ([id]) => id)),
      allowedImages: unlessEmpty(sort([...(crossAccountUsage.allowedImages ?? [])], ([accountId]) => accountId)),
      neverRead: unlessEmpty([...(crossAccountUsage.neverRead ?? [])].sort()),
    },
  })}\n`;
}

/** Left out where it is empty, as recordings of earlier versions have it. */
function unlessEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length > 0 ? list : undefined;
}

/**
 * Node 24's JSON.parse takes a key that JSON escapes (`"`, a line break, half a surrogate pair) for the key `\` where any
 * object of the same shape had that one. Such tags are written as a list of keys and values.
 */
function withReadableTags(one: { readonly tags: Tags }): object {
  const keys = Object.keys(one.tags).join(' ');
  return JSON.stringify(keys).length > keys.length + 2 ? { ...one, tags: Object.entries(one.tags) } : one;
}

/** Lists, and maps in order of their keys, with an entry a line; what holds such, a member a line. */
function textOf(value: unknown): string {
  if (value instanceof Map) return textOf(sort(value, ([id]) => id));
  if (Array.isArray(value)) return `[${value.map((entry) => `\n${JSON.stringify(entry)}`).join(',')}\n]`;
  const members = Object.entries(value ?? {}).filter(([, member]) => member !== undefined);
  if (typeof value !== 'object' || !members.some(([, member]) => Array.isArray(member) || member instanceof Map))
    return JSON.stringify(value);
  return `{\n${members.map(([name, member]) => `${JSON.stringify(name)}: ${textOf(member)}`).join(',\n')}\n}`;
}

function sortedReferences(references: ReadonlyMap<string, readonly Reference[]>) {
  return new Map([...references].map(([id, list]) => [id, sort(list, (one) => JSON.stringify(one))]));
}
