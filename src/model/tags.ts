import type { Tags } from './image.ts';

/** The tags that this tool writes or reads; IAM conditions rest on these names. */
export const TAG = {
  deprecatedAt: 'ami-janitor:deprecated-at',
  deregisterAfter: 'ami-janitor:deregister-after',
  rule: 'ami-janitor:rule',
  run: 'ami-janitor:run',
  /** On snapshots, before their image is deregistered: the image they belong to. */
  image: 'ami-janitor:image',
  /** On snapshots that others orphaned: when this tool first saw them so (UTC, ISO 8601). */
  orphanedAt: 'ami-janitor:orphaned-at',
  /** On images that this tool disabled: when. Without it a disabled image is someone else's doing and is never enabled. */
  disabledAt: 'ami-janitor:disabled-at',
  /** On images, before they are disabled: whom they were shared with. Further ones end in `-2`, `-3`, … */
  launchPermissions: 'ami-janitor:launch-permissions',
  /** On images: the DeprecationTime that someone else had set, from before this tool's own. */
  previousDeprecationTime: 'ami-janitor:previous-deprecation-time',
  /** On snapshots that outlive their image by its rule's word (`snapshots: keep`): no orphans, whatever becomes due. */
  kept: 'ami-janitor:kept',
  /** On images, before they are deregistered: the run that does it, so that a restore finds what it removed. */
  deregisterRun: 'ami-janitor:deregister-run',
  /** On images and snapshots, before they are removed: `true`, for the retention rule that the deployment makes. */
  recycle: 'ami-janitor:recycle',
  /** On images: when their owner was notified that they are to go. The time of notice counts from then. */
  announcedAt: 'ami-janitor:announced-at',
  /** On images: when their owner was reminded that they go soon. */
  remindedAt: 'ami-janitor:reminded-at',
  /** On images, for people to read: until when their owner was promised that they stay (UTC, ISO 8601), or `none`. */
  promisedUntil: 'ami-janitor:promised-until',
  /** On what a restore brought back: the run that had removed it, so that a second restore says that it is back. */
  restored: 'ami-janitor:restored',
  /** From people: `true`, or a date until which the image stays. */
  keep: 'ami-janitor:keep',
} as const;

/** What the names of all of this tool's tags begin with. */
export const TAG_PREFIX = 'ami-janitor:';

/** A tag's value; keys such as `__proto__` or `constructor` are tags like any other. */
export function tagValue(tags: Tags, key: string): string | undefined {
  return Object.hasOwn(tags, key) ? tags[key] : undefined;
}

/** The value of an owner tag, as it stands; undefined where there is none or it is blank. */
export function ownerOf(tags: Tags, ownerTag: string): string | undefined {
  const value = tagValue(tags, ownerTag);
  return value?.trim() === '' ? undefined : value;
}
