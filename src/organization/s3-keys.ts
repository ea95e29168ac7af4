/** One account in one Region, as the organization's run names it. */
export interface RegionTarget {
  readonly accountId: string;
  readonly region: string;
}

/** `111122223333/eu-west-1`: a place as keys and lists have it. */
export function regionTargetName({ accountId, region }: RegionTarget): string {
  return `${accountId}/${region}`;
}

/** The place that a name means. */
export function regionTargetOf(name: string): RegionTarget {
  const [accountId = '', region = ''] = name.split('/');
  return { accountId, region };
}

/** The names of a run's objects below `organization/RUN_ID/`. */
export const OBJECT = {
  run: 'run.json',
  policy: 'policy.json',
  /** What the state machine goes through. */
  targets: 'targets.json',
  skipped: 'skipped.json',
  joined: 'joined.json',
  /** That notifying owners began: a second attempt looks for what the first one delivered. */
  notifying: 'telling.json',
  notified: 'told.json',
  /** The recording of a place, as the first map found it. */
  inventory: (place: RegionTarget) => `inventory/${regionTargetName(place)}.json.gz`,
  /** What a place uses and does not own. */
  uses: (place: RegionTarget) => `uses/${regionTargetName(place)}.json`,
  /** The ids that a place owns, one a line. */
  owned: (place: RegionTarget) => `owned/${regionTargetName(place)}.txt.gz`,
  /** What others use of a place. */
  joinedFor: (place: RegionTarget) => `joined/${regionTargetName(place)}.json`,
  /** The account as the first round planned over it. */
  planned: (place: RegionTarget) => `planned/${regionTargetName(place)}.json.gz`,
  acted: (place: RegionTarget) => `acted/${regionTargetName(place)}/`,
  notices: (place: RegionTarget) => `notices/${regionTargetName(place)}.json`,
  shared: (place: RegionTarget) => `shared/${regionTargetName(place)}.json`,
  ended: (place: RegionTarget) => `ended/${regionTargetName(place)}.json`,
} as const;

/** Below this lie the runs, and what outlives them. */
export const ORGANIZATION_PREFIX = 'organization/';

/** Since when a place has not used what others share with it; below `organization/` itself. */
export function unusedName(place: RegionTarget): string {
  return `unused/${regionTargetName(place)}.json`;
}
