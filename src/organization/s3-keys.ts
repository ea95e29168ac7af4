/** One account in one Region, as the organisation's run names it. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** `111122223333/eu-west-1`: a place as keys and lists have it. */
export function placeName({ accountId, region }: Place): string {
  return `${accountId}/${region}`;
}

/** The place that a name means. */
export function placeOf(name: string): Place {
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
  /** That telling began: a second try looks for what the first one told. */
  telling: 'telling.json',
  told: 'told.json',
  /** The recording of a place, as the first map found it. */
  inventory: (place: Place) => `inventory/${placeName(place)}.json.gz`,
  /** What a place uses and does not own. */
  uses: (place: Place) => `uses/${placeName(place)}.json`,
  /** The ids that a place owns, one a line. */
  owned: (place: Place) => `owned/${placeName(place)}.txt.gz`,
  /** What others use of a place. */
  joinedFor: (place: Place) => `joined/${placeName(place)}.json`,
  /** The account as the first round planned over it. */
  planned: (place: Place) => `planned/${placeName(place)}.json.gz`,
  acted: (place: Place) => `acted/${placeName(place)}/`,
  notices: (place: Place) => `notices/${placeName(place)}.json`,
  shared: (place: Place) => `shared/${placeName(place)}.json`,
  ended: (place: Place) => `ended/${placeName(place)}.json`,
} as const;

/** Below this lie the runs, and what outlives them. */
export const ORGANIZATION_PREFIX = 'organization/';

/** Since when a place has not used what others share with it; below `organization/` itself. */
export function unusedName(place: Place): string {
  return `unused/${placeName(place)}.json`;
}
