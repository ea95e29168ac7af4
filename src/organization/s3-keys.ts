/** One account in one Region, as the organization's run names it. */
export interface RegionTarget {
  readonly accountId: string;
  readonly region: string;
}

/** `111122223333/eu-west-1`, as keys and lists have it. */
export function regionTargetName({ accountId, region }: RegionTarget): string {
  return `${accountId}/${region}`;
}

/** The target that a name means. */
export function regionTargetOf(name: string): RegionTarget {
  const [accountId = '', region = ''] = name.split('/');
  return { accountId, region };
}

/** The names of a run's objects below `organization/RUN_ID/`. */
export const OBJECT = {
  policy: 'policy.json',
  /** What the state machine goes through. */
  targets: 'targets.json',
  skipped: 'skipped.json',
  /** What the index of an iteration's join holds. */
  joined: (iteration: number) => `joined/${iteration}.json`,
  /** What the state machine goes through in a further iteration: the targets that wait for it. */
  iteration: (iteration: number) => `iterations/${iteration}.json`,
  /** Where the targets that wait for a further iteration leave word. */
  waitingAfter: (iteration: number) => `waiting/${iteration}/`,
  /** Whose turn it is to notify owners, and since when. */
  notifying: 'telling.json',
  notified: 'told.json',
  /** Whether the platform's people were told of the summary. */
  platformTold: 'summary.told.json',
  /** What was told, message by message. */
  told: 'told/',
  /** The recording of a target, as the first iteration found it. */
  inventory: (target: RegionTarget) => `inventory/${regionTargetName(target)}.json.gz`,
  /** What a target uses and does not own. */
  uses: (target: RegionTarget, iteration: number) => `uses/${iteration}/${regionTargetName(target)}.json`,
  /** The ids that a target owns, one a line. */
  owned: (target: RegionTarget, iteration: number) => `owned/${iteration}/${regionTargetName(target)}.txt.gz`,
  /** What others use of a target. */
  joinedFor: (target: RegionTarget, iteration: number) => `joined/${iteration}/${regionTargetName(target)}.json`,
  /** The account as the first iteration planned over it. */
  planned: (target: RegionTarget) => `planned/${regionTargetName(target)}.json.gz`,
  acted: (target: RegionTarget) => `acted/${regionTargetName(target)}/`,
  notices: (target: RegionTarget) => `notices/${regionTargetName(target)}.json`,
  shared: (target: RegionTarget) => `shared/${regionTargetName(target)}.json`,
  result: (target: RegionTarget) => `ended/${regionTargetName(target)}.json`,
} as const;

/** The prefix of all runs, and of what outlives them. */
export const ORGANIZATION_PREFIX = 'organization/';

/** Since when a target has not used what others share with it; below `organization/` itself. */
export function unusedName(target: RegionTarget): string {
  return `unused/${regionTargetName(target)}.json`;
}

/** What a target used when it was last read completely; below `organization/` itself. */
export function lastUsesName(target: RegionTarget): string {
  return `last-uses/${regionTargetName(target)}.json`;
}

/** With whom a target's images were last seen shared, and since when; below `organization/` itself. */
export function sharedSinceName(target: RegionTarget): string {
  return `shared-since/${regionTargetName(target)}.json`;
}

/** The prefix of the newest summary: the same run after run. */
export const LATEST_SUMMARY = 'latest/organization/';
