import type { Image } from '@aws-sdk/client-ec2';
import type { AccountState } from '../../sandbox/state.ts';
import type { Policy } from '../../src/model/policy.ts';
import { TAG } from '../../src/model/tags.ts';
import { BUCKET } from '../builders/journal.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { type Kind, USUAL_POLICY } from './policies.ts';
import type { Act, Story, Use } from './story.ts';

export const DAY = 86_400_000;
/** AWS tells of a launch a day later. */
const LAUNCH_SHOWS_AFTER = DAY;

/** What a witness knows of one image: what people did and heard, never what the tool wrote down. Times are milliseconds. */
export interface Life {
  readonly id: string;
  readonly kind: Kind;
  readonly snapshots: readonly string[];
  readonly builtAt: number;
  readonly uses: Map<Use, { readonly since: number; readonly stop: () => void }>;
  /** With whom people share it. */
  readonly sharedWith: Set<string>;
  owner: string;
  /** The last time that people did anything with it. */
  touchedAt: number;
  ownerSince: number;
  keptSince: number | undefined;
  launchedAt: number | undefined;
  /** People brought it back, or enabled it after the tool had disabled it. */
  putBackAt: number | undefined;
  /** An undisturbed run saw that something holds it. */
  heldAt: number | undefined;
  /** The tool deprecated it, and has not given it back since. */
  markedAt: number | undefined;
  /** What was then written on it. */
  deregisterAfter: number | undefined;
  disabledByTool: boolean;
  /** People deregistered it, and left its snapshots. */
  leftAt: number | undefined;
}

/** One account on a virtual clock, and what people and pipelines do in it. */
export class World {
  readonly story = new StoryAccount();
  readonly time = new VirtualTime(NOW);
  readonly lives = new Map<number, Life>();
  policy: Policy = USUAL_POLICY;
  policySince = NOW.getTime();

  constructor({ lingersSeconds }: Pick<Story, 'lingersSeconds'>) {
    this.state.buckets.set(BUCKET, new Map());
    this.state.settings.deregisteredLingersSeconds = lingersSeconds;
  }

  get state(): AccountState {
    return this.story.state;
  }

  /** Goes on to a time, unless it is past. */
  goOn(milliseconds: number): void {
    this.time.milliseconds = Math.max(this.time.milliseconds, milliseconds);
    for (const life of this.lives.values()) {
      const image = this.state.images.get(life.id);
      if (image === undefined || life.launchedAt === undefined) continue;
      const shows = life.launchedAt + LAUNCH_SHOWS_AFTER <= this.time.milliseconds;
      if (shows) this.change(life, { LastLaunchedTime: new Date(life.launchedAt).toISOString() });
    }
  }

  lifeOf(id: string | undefined): Life | undefined {
    return [...this.lives.values()].find((life) => life.id === id);
  }

  edit(policy: Policy): void {
    this.policy = policy;
    this.policySince = this.time.milliseconds;
  }

  /** An undisturbed run saw what holds each image then: its waits begin anew. @param deferred left to later runs */
  seeHolds(at: number, deferred: ReadonlySet<string>): void {
    for (const life of this.lives.values())
      if (this.#isHeld(life, at) && !deferred.has(life.id) && this.state.images.has(life.id)) life.heldAt = at;
  }

  #isHeld({ uses, keptSince, id }: Life, at: number): boolean {
    const keep = this.state.images.get(id)?.Tags?.find(({ Key }) => Key === TAG.keep)?.Value;
    const isKept = keptSince !== undefined && keep !== undefined && (keep === 'true' || Date.parse(keep) > at);
    return isKept || uses.size > 0;
  }

  /** How many images the tool has removed and nobody brought back. */
  get removed(): number {
    return [...this.lives.values()].filter(({ id, leftAt }) => leftAt === undefined && !this.state.images.has(id))
      .length;
  }

  /** The newest of the one group that keeps its newest. */
  newestGolden(): Life | undefined {
    return [...this.lives.values()].findLast(({ kind, id }) => kind === 'golden' && this.state.images.has(id));
  }

  /** What is still there though nothing has held it for a season. */
  *leftovers(): Generator<string> {
    const { images, snapshots } = this.state;
    const lives = [...this.lives.values()];
    const newest = this.newestGolden();
    for (const life of lives) if (life !== newest && images.has(life.id)) yield `the image ${life.id} is still there`;
    for (const id of snapshots.keys()) {
      const owners = lives.filter((life) => life.snapshots.includes(id));
      // What its rule once kept stays kept, whoever removes the image the next time.
      const stays = owners.some((life) => images.has(life.id) || life.kind === 'archive');
      if (!stays) yield `the snapshot ${id} of ${owners.map((life) => life.id)} is still there`;
    }
  }

  /** Images that lack a snapshot. */
  incomplete(): string[] {
    const { images, snapshots } = this.state;
    return [...images.values()].flatMap(({ ImageId, BlockDeviceMappings = [] }) =>
      BlockDeviceMappings.some(({ Ebs }) => !snapshots.has(Ebs?.SnapshotId ?? ''))
        ? [`snapshots: the image ${ImageId} is without a snapshot`]
        : [],
    );
  }

  build({ image, kind, team, sharesRoot }: Extract<Act, { do: 'build' }>): void {
    const now = this.time.milliseconds;
    const ageDays = (NOW.getTime() - now) / DAY;
    const owner = `#team-${team}`;
    const before = sharesRoot ? this.state.images.get(this.lives.get(image - 1)?.id ?? '') : undefined;
    const mappings = before?.BlockDeviceMappings;
    const options = { ageDays, deprecatedDaysAgo: null, tags: { Kind: kind, Owner: owner } } as const;
    const id = this.story.image(`image ${image}`, options);
    if (mappings) {
      this.state.snapshots.delete(this.story.snapshotOf(id));
      const own = this.state.images.get(id);
      if (own) this.state.images.set(id, { ...own, BlockDeviceMappings: mappings });
    }
    this.lives.set(image, {
      ...{ id, kind, owner, snapshots: [this.story.snapshotOf(id)], builtAt: now, touchedAt: now, ownerSince: now },
      ...{ uses: new Map(), sharedWith: new Set(), keptSince: undefined, launchedAt: undefined, putBackAt: undefined },
      ...{
        heldAt: undefined,
        markedAt: undefined,
        deregisterAfter: undefined,
        disabledByTool: false,
        leftAt: undefined,
      },
    });
  }

  change({ id }: Life, changed: Partial<Image>): void {
    const image = this.state.images.get(id);
    if (image !== undefined) this.state.images.set(id, { ...image, ...changed });
  }
}
