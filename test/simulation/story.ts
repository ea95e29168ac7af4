import type { FaultKind } from '../../sandbox/calls.ts';
import { Random } from '../../sandbox/seed/random.ts';
import { TAG } from '../../src/model/tags.ts';
import { KINDS, type Kind, POLICY_COUNT } from './policies.ts';

const USES = ['template', 'group', 'instance', 'parameter', 'launch configuration'] as const;
export type Use = (typeof USES)[number];
export const TEAMS = 3;

type PlainAct =
  | ('stop using' | 'launch' | 'let go' | 'enable' | 'disable')
  | ('restore' | 'deregister' | 'lock' | 'unlock');

/** What people and pipelines do by hand; an image is known by its number in the story. */
export type Act = { readonly image: number } & (
  | { readonly do: 'build'; readonly kind: Kind; readonly team: number; readonly sharesRoot: boolean }
  | { readonly do: 'use'; readonly by: Use }
  | { readonly do: PlainAct }
  | { readonly do: 'keep'; readonly days: number | 'for ever' }
  | { readonly do: 'hand over'; readonly team: number }
  | { readonly do: 'forge'; readonly tag: string; readonly daysAgo: number }
  | { readonly do: 'untag'; readonly tag: string }
  | { readonly do: 'share' | 'revoke'; readonly account: number }
);

/** What goes wrong in a run; nothing where it is empty. Calls are counted from the beginning of the run. */
export interface Trouble {
  readonly faults?: readonly { readonly call: number; readonly kind: FaultKind }[];
  /** From this call on the process is dead. */
  readonly killedAt?: number;
  /** The run's clock is so much ahead of AWS's, or behind. */
  readonly skewMinutes?: number;
  /** An operation that is denied all along. */
  readonly denied?: string;
  /** A second run starts at the same moment. */
  readonly twice?: boolean;
  /** What people do in the middle. */
  readonly meanwhile?: readonly { readonly call: number; readonly act: Act }[];
}

export type Step = { readonly minute: number } & (
  | Act
  | { readonly do: 'edit'; readonly policy: number }
  | { readonly do: 'morning' | 'night'; readonly trouble: Trouble }
  /** Everybody lets go of everything, and so many undisturbed days pass. */
  | { readonly do: 'rest'; readonly days: number }
);

/** All that happens to one account, and what it starts with. */
export interface Story {
  readonly seed: number;
  /** How long what was deregistered still shows in lists. */
  readonly lingersSeconds: number;
  readonly steps: readonly Step[];
}

const DAY = 1440;
/** The rest of a year is quiet: whatever is due must be gone at its end. */
const BUSY_DAYS = 240;
const REST_DAYS = 125;
const FAULTS: readonly FaultKind[] = [
  'throttle',
  'server-error',
  'access-denied',
  'drop-before',
  'drop-after',
  'garbage',
  'empty-answer',
];
/** Each a source of references, the journal or AWS's second opinion: without it nothing may be taken away. */
const DENIABLE = [
  'DescribeAutoScalingGroups',
  'DescribeInstances',
  'DescribeLaunchTemplates',
  'DescribeLaunchTemplateVersions',
  'DescribeLaunchConfigurations',
  'DescribeImageReferences',
  'ListObjectsV2',
] as const;
const FORGED = [TAG.deprecatedAt, TAG.deregisterAfter, TAG.disabledAt, TAG.announcedAt] as const;

/** A year of one account: the same for the same seed. */
export function storyOf(seed: number): Story {
  const random = new Random(seed);
  const steps: Step[] = [];
  let built = 0;
  const build = (minute: number) => {
    built += 1;
    const [kind, team] = [random.pick(...KINDS), random.between(1, TEAMS)];
    steps.push({ minute, do: 'build', image: built, kind, team, sharesRoot: random.chance(0.15) });
  };
  for (let image = 0; image < 6; image += 1) build(-random.between(1, 80) * DAY);
  steps.sort((one, other) => one.minute - other.minute);
  for (let day = 0; day < BUSY_DAYS; day += random.pick(1, 1, 3, 4, 7, 10, 20)) {
    const noon = (day - 1) * DAY + 720;
    if (random.chance(0.5)) build(noon);
    if (random.chance(0.06)) steps.push({ minute: noon, do: 'edit', policy: random.between(0, POLICY_COUNT - 1) });
    for (let left = random.pick(0, 1, 2, 3, 4, 6); left > 0; left -= 1) {
      steps.push({ minute: noon + 3 - left, ...actOf(random, built) });
    }
    if (random.chance(0.85)) steps.push({ minute: day * DAY, do: 'morning', trouble: troubleOf(random, built, 0.3) });
    steps.push({ minute: day * DAY + 60, do: 'night', trouble: troubleOf(random, built, 0.4) });
  }
  steps.push({ minute: BUSY_DAYS * DAY, do: 'rest', days: REST_DAYS });
  return { seed, lingersSeconds: random.pick(0, 0, 3600), steps };
}

function actOf(random: Random, built: number): Act {
  // People mostly have to do with what is new, and with what is about to go.
  const image = Math.max(1, built - random.between(0, 11));
  const [team, account] = [random.between(1, TEAMS), random.between(1, 3)];
  const days = random.pick<number | 'for ever'>(3, 20, 'for ever');
  const plain = (what: PlainAct) => (): Act => ({ do: what, image });
  return random.pick<() => Act>(
    () => ({ do: 'use', image, by: random.pick(...USES) }),
    () => ({ do: 'use', image, by: random.pick(...USES) }),
    plain('stop using'),
    plain('stop using'),
    plain('stop using'),
    plain('launch'),
    () => ({ do: 'keep', image, days }),
    plain('let go'),
    plain('let go'),
    () => ({ do: 'hand over', image, team }),
    () => ({ do: 'forge', image, tag: random.pick(...FORGED), daysAgo: random.between(10, 90) }),
    () => ({ do: 'untag', image, tag: random.pick(TAG.deprecatedAt, TAG.disabledAt, TAG.launchPermissions) }),
    () => ({ do: 'share', image, account }),
    () => ({ do: 'share', image, account }),
    () => ({ do: 'revoke', image, account }),
    plain('enable'),
    plain('enable'),
    plain('disable'),
    plain('restore'),
    plain('restore'),
    plain('deregister'),
    plain('lock'),
    plain('unlock'),
  )();
}

function troubleOf(random: Random, built: number, probability: number): Trouble {
  if (!random.chance(probability)) return {};
  const some = <Value>(chance: number, most: number, make: () => Value): Value[] =>
    random.chance(chance) ? Array.from({ length: random.between(1, most) }, make) : [];
  const call = () => random.between(1, random.pick(60, 120, 250));
  const faults = some(0.5, 6, () => ({ call: call(), kind: random.pick('throttle', ...FAULTS) }));
  const meanwhile = some(0.5, 4, () => ({ call: call(), act: actOf(random, built) }));
  return {
    ...(faults.length > 0 && { faults }),
    ...(meanwhile.length > 0 && { meanwhile }),
    ...(random.chance(0.25) && { killedAt: call() }),
    ...(random.chance(0.12) && { skewMinutes: random.pick(-30, -2, 2, 30) }),
    ...(random.chance(0.12) && { denied: random.pick(...DENIABLE) }),
    ...(random.chance(0.12) && { twice: true }),
  };
}

/** One line for people. */
export function sentenceOf({ minute, ...step }: Step): string {
  const { do: what, ...rest } = step;
  const day = Math.floor(minute / DAY);
  const time = new Date((((minute % DAY) + DAY) % DAY) * 60_000).toISOString().slice(11, 16);
  const details = Object.entries(rest).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `day ${day} ${time}  ${what} ${details.join(', ')}`;
}
