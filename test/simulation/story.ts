import type { FaultKind } from '../../sandbox/calls.ts';
import { Random } from '../../sandbox/seed/random.ts';
import { TAG } from '../../src/model/tags.ts';
import type { ButtonName } from '../../src/notify/button-value.ts';
import { KINDS, type Kind, POLICY_COUNT } from './policies.ts';

const USES = ['template', 'group', 'instance', 'parameter', 'launch configuration'] as const;
export type Use = (typeof USES)[number];
/** AWS's second opinion knows nothing of it: only an account that is read anew does. */
const SEEN_BY_READING = Array.from({ length: 3 }, () => 'launch configuration' as const);
export const TEAMS = 3;

type PlainAct =
  | ('stop using' | 'launch' | 'let go' | 'enable' | 'disable')
  | ('restore' | 'deregister' | 'lock' | 'unlock');

/**
 * What people and pipelines do by hand. An image is known by its number in the story; below zero, as the one whose
 * end is nearest, the next one, …
 */
export type Act = { readonly image: number } & (
  | { readonly do: 'build'; readonly kind: Kind; readonly team: number; readonly sharesRoot: boolean }
  /** By the account itself, or by another one of the organization that it is shared with. */
  | { readonly do: 'use'; readonly by: Use; readonly of?: number }
  /** By another account of the organization that it is shared with, or the account itself in its other Region (3). */
  | { readonly do: 'copy'; readonly to: number; readonly as: number }
  | { readonly do: PlainAct }
  | { readonly do: 'keep'; readonly days: number | 'for ever' }
  | { readonly do: 'hand over'; readonly team: number }
  | { readonly do: 'forge'; readonly tag: string; readonly daysAgo: number }
  | { readonly do: 'untag'; readonly tag: string }
  | { readonly do: 'share' | 'revoke'; readonly account: number }
  /** The group or template that uses it begins to go to another image; then it comes to its end, or goes back. */
  | { readonly do: 'roll out'; readonly to: number }
  | { readonly do: 'settle'; readonly goesOn: boolean }
);

/** To which of the images that AWS is asked about right before they go, and when. */
interface RightBefore {
  /** Of all such questions of a run. */
  readonly question: number;
  /** Before AWS gives its opinion, or after. */
  readonly answered: boolean;
  /** From the last on, which is acted on latest. */
  readonly fromEnd: number;
  readonly act: Act;
}

/** What goes wrong in a run; nothing where it is empty. Calls are counted from the beginning of the run. */
export interface Trouble {
  readonly faults?: readonly { readonly call: number; readonly kind: FaultKind }[];
  /** From this call on the process is dead, or from the first after owners were told something. */
  readonly killedAt?: number | 'told';
  /** The run's clock is so much ahead of AWS's, or behind. */
  readonly skewMinutes?: number;
  /** An operation that is denied all along. */
  readonly denied?: string;
  /** A second run starts when this one makes so manieth a call: 1 is the same moment. */
  readonly twiceAt?: number;
  /** What people do in the middle. */
  readonly meanwhile?: readonly { readonly call: number; readonly act: Act }[];
  readonly rightBefore?: readonly RightBefore[];
  /** A read that takes so long, and what people do when it begins: once the plan is made, when AWS is asked about what goes (the acts are then on that, from the last on), or any. */
  readonly stall?: {
    readonly call: number | 'planned' | 'asked';
    readonly minutes: number;
    readonly acts: readonly Act[];
  };
  /** Each so-manieth read of EC2 and Auto Scaling sees the account as it was so many seconds ago. */
  readonly stale?: { readonly every: number; readonly seconds: number };
}

export type Step = { readonly minute: number } & (
  | Act
  | { readonly do: 'edit'; readonly policy: number }
  /** Somebody of the owner's team, or of another, presses a button under the newest message about an image. */
  | {
      readonly do: 'press';
      readonly image: number;
      readonly button: ButtonName;
      readonly team: number | 'owner';
      readonly fault?: { readonly call: number; readonly kind: FaultKind };
    }
  /** Somebody takes the Recycle Bin's rules away, or makes them again. */
  | { readonly do: 'rules'; readonly areThere: boolean }
  | { readonly do: 'morning' | 'night'; readonly trouble: Trouble }
  /** An account's role for reading is taken away, or made again. */
  | { readonly do: 'lock out' | 'let in'; readonly account: number }
  /** Everybody lets go of everything, and so many undisturbed days pass. */
  | { readonly do: 'rest'; readonly days: number }
);

/** All that happens to one account, and what it starts with. */
export interface Story {
  readonly seed: number;
  /** Of an organization: one of its accounts has another's images, in two Regions. */
  readonly isOrganization: boolean;
  /** How long what was deregistered still shows in lists. */
  readonly lingersSeconds: number;
  readonly steps: readonly Step[];
}

const DAY = 1440;
/** AWS is behind by so much at the most. */
export const MOST_SECONDS_BEHIND = 10;
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
  'DescribeLaunchTemplateVersions',
  'DescribeLaunchConfigurations',
  'DescribeParameters',
  'DescribeImageReferences',
  'ListObjectsV2',
] as const;
const FORGED = [TAG.deprecatedAt, TAG.deregisterAfter, TAG.disabledAt, TAG.announcedAt] as const;

/** A year of one account, or of an organization: the same for the same seed. */
export function storyOf(seed: number, isOrganization = false): Story {
  const random = new Random(seed);
  const steps: Step[] = [];
  let built = 0;
  const build = (minute: number) => {
    built += 1;
    const [kind, team] = [random.pick(...KINDS), random.between(1, TEAMS)];
    steps.push({ minute, do: 'build', image: built, kind, team, sharesRoot: random.chance(0.15) });
    if (random.chance(0.5)) steps.push({ minute, do: 'share', image: built, account: random.between(1, 3) });
  };
  for (let image = 0; image < 6; image += 1) build(-random.between(1, 80) * DAY);
  steps.sort((one, other) => one.minute - other.minute);
  for (let day = 0; day < BUSY_DAYS; day += random.pick(1, 1, 3, 4, 7, 10, 20)) {
    const noon = (day - 1) * DAY + 720;
    for (let left = random.pick(0, 0, 1, 2); left > 0; left -= 1) build(noon - left);
    if (random.chance(0.1)) steps.push({ minute: noon, do: 'edit', policy: random.between(0, POLICY_COUNT - 1) });
    if (random.chance(0.1)) steps.push({ minute: noon, do: 'rules', areThere: random.chance(0.7) });
    if (random.chance(0.25)) {
      // It is to stay, and nobody else is to have it any more.
      const image = -random.between(1, 4);
      steps.push({ minute: noon, do: 'untag', image, tag: TAG.launchPermissions });
      steps.push({ minute: noon, do: 'keep', image, days: random.pick(3, 20) });
    }
    for (let left = random.pick(0, 1, 2, 4, 6, 9); left > 0; left -= 1) {
      steps.push({ minute: noon + 10 - left, ...actOf(random, built) });
    }
    if (isOrganization) {
      for (let left = random.pick(0, 1, 2, 4); left > 0; left -= 1) {
        const image = random.chance(0.4) ? -random.between(1, 4) : Math.max(1, built - random.between(0, 11));
        const minute = noon + 20 - left;
        if (random.chance(0.6))
          steps.push({ minute, do: 'use', image, by: random.pick(...USES), of: random.between(1, 2) });
        else {
          built += 1;
          steps.push({ minute, do: 'copy', image, to: random.between(1, 3), as: built });
          if (random.chance(0.7)) steps.push({ minute, do: 'use', image: built, by: random.pick(...USES) });
        }
      }
      if (random.chance(0.15))
        steps.push({ minute: noon, do: random.pick('lock out', 'let in', 'let in'), account: random.between(1, 2) });
    } else {
      if (random.chance(0.3)) steps.push({ minute: noon + 15, ...pressOf(random) });
      if (random.chance(0.85)) steps.push({ minute: day * DAY, do: 'morning', trouble: troubleOf(random, built, 0.3) });
    }
    steps.push({ minute: day * DAY + 60, do: 'night', trouble: troubleOf(random, built, 0.4, isOrganization) });
  }
  steps.push({ minute: BUSY_DAYS * DAY, do: 'rest', days: REST_DAYS });
  return { seed, isOrganization, lingersSeconds: random.pick(0, 0, 3600), steps };
}

function actOf(random: Random, built: number): Act {
  // People mostly have to do with what is new, and with what is about to go.
  const image = random.chance(0.4) ? -random.between(1, 4) : Math.max(1, built - random.between(0, 11));
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
    () => ({ do: 'roll out', image, to: Math.max(1, built - random.between(0, 5)) }),
    () => ({ do: 'roll out', image, to: Math.max(1, built - random.between(0, 5)) }),
    () => ({ do: 'settle', image, goesOn: random.chance(0.6) }),
    () => ({ do: 'settle', image, goesOn: random.chance(0.6) }),
    plain('disable'),
    plain('restore'),
    plain('restore'),
    plain('deregister'),
    plain('lock'),
    plain('unlock'),
  )();
}

function pressOf(random: Random): Omit<Extract<Step, { do: 'press' }>, 'minute'> {
  return {
    ...{
      do: 'press',
      image: -random.between(1, 4),
      button: random.pick('keep-30d', 'keep-30d', 'keep-90d', 'not-mine'),
    },
    team: random.chance(0.7) ? 'owner' : random.between(1, TEAMS),
    ...(random.chance(0.2) && { fault: { call: random.between(1, 8), kind: random.pick('throttle', ...FAULTS) } }),
  };
}

/** What should keep an image that is about to go, or change how it goes. */
function pressingAct(random: Random, reach = 4): Act {
  const image = -random.between(1, reach);
  return random.pick<() => Act>(
    () => ({ do: 'use', image, by: random.pick(...USES) }),
    () => ({ do: 'use', image, by: 'launch configuration' }),
    () => ({ do: 'keep', image, days: 'for ever' }),
    () => ({ do: 'keep', image, days: 'for ever' }),
    () => ({ do: 'hand over', image, team: random.between(1, TEAMS) }),
    () => ({ do: 'share', image, account: random.between(1, 3) }),
    () => ({ do: 'untag', image, tag: TAG.deprecatedAt }),
    () => ({ do: 'lock', image }),
  )();
}

function troubleOf(random: Random, built: number, probability: number, isOrganization = false): Trouble {
  if (!random.chance(probability)) return {};
  const some = <Value>(chance: number, most: number, make: () => Value): Value[] =>
    random.chance(chance) ? Array.from({ length: random.between(1, most) }, make) : [];
  const call = () => random.between(1, random.pick(30, 60, 120)) * (isOrganization ? 4 : 1);
  const faults = some(0.5, 6, () => ({ call: call(), kind: random.pick('throttle', ...FAULTS) }));
  const meanwhile = some(0.5, 4, () => ({ call: call(), act: actOf(random, built) }));
  const rightBefore = some(0.6, 3, () => ({
    question: random.between(1, 3),
    answered: random.chance(0.5),
    fromEnd: random.pick(0, 0, 1),
    act: pressingAct(random),
  }));
  return {
    ...(faults.length > 0 && { faults }),
    ...(meanwhile.length > 0 && { meanwhile }),
    ...(rightBefore.length > 0 && { rightBefore }),
    ...(random.chance(isOrganization ? 0.4 : 0.8) && {
      stall: {
        call: random.pick<number | 'planned' | 'asked'>(
          'planned',
          ...Array.from({ length: 6 }, () => 'asked' as const),
          call(),
        ),
        minutes: random.pick(1, 1, 7, 12, 12),
        acts: [
          { do: 'use', image: -1, by: random.pick(...USES, ...SEEN_BY_READING) } as const,
          ...Array.from({ length: random.between(0, 3) }, () => pressingAct(random, 2)),
        ],
      },
    }),
    ...(random.chance(0.3) && {
      stale: { every: random.between(1, 4), seconds: random.pick(2, 5, MOST_SECONDS_BEHIND) },
    }),
    ...(random.chance(0.25) && { killedAt: random.pick<number | 'told'>(call(), call(), 'told') }),
    ...(random.chance(0.12) && { skewMinutes: random.pick(-30, -2, 2, 30) }),
    ...(random.chance(0.2) && { denied: random.pick(...DENIABLE) }),
    ...(random.chance(0.15) && !isOrganization && { twiceAt: random.pick(1, random.between(20, 100)) }),
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
