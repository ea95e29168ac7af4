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
  /** From people: `true`, or a date until which the image stays. */
  keep: 'ami-janitor:keep',
} as const;
