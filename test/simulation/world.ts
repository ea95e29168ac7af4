import type { Image } from '@aws-sdk/client-ec2';
import { ImageMap } from '../../sandbox/image-map.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { type Policy, rulesByName } from '../../src/model/policy.ts';
import { TAG } from '../../src/model/tags.ts';
import { BUCKET } from '../builders/journal.ts';
import { VirtualTime } from '../notify/virtual-time.ts';
import { NOW, StoryAccount } from '../scenarios/account.ts';
import { type Kind, USUAL_POLICY } from './policies.ts';
import type { Act, Story, Use } from './story.ts';

export const DAY = 86_400_000;
/** AWS tells of a launch a day later. */
const LAUNCH_SHOWS_AFTER = DAY;

/** What uses an image, by which template and group where it is one of these. */
export interface UsedBy {
  readonly since: number;
  readonly stop: () => void;
  readonly templateId?: string;
  readonly group?: string;
}

/** What a witness knows of one image: what people did and heard, never what the tool wrote down. Times are milliseconds. */
export interface Life {
  readonly id: string;
  readonly kind: Kind;
  readonly snapshots: readonly string[];
  readonly builtAt: number;
  /** By what, and of which account where it is another one's. */
  readonly uses: Map<Use | `${Use} of ${string}`, UsedBy>;
  readonly copies: Life[];
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
  /** People took that mark off, and when. */
  unmarked: { readonly at: number; readonly markedAt: number | undefined } | undefined;
  /** What was then written on it. */
  deregisterAfter: number | undefined;
  disabledByTool: boolean;
  /** The tool deregistered it last. */
  removedAt: number | undefined;
  /** People deregistered it, and left its snapshots. */
  leftAt: number | undefined;
}

/** One account on a virtual clock, and what people and pipelines do in it. */
export class World {
  readonly story: StoryAccount;
  readonly time: VirtualTime;
  /** The same Region of the organization's other accounts, and the account's other Region. */
  neighbors: readonly World[] = [];
  otherRegion: World | undefined;
  readonly lives = new Map<number, Life>();
  policy: Policy = USUAL_POLICY;
  policySince = NOW.getTime();
  /** By what they lead away from: each ends so, or goes back. */
  readonly rollouts = new Map<Life, (goesOn: boolean) => void>();
  withoutRulesSince: number | undefined;
  /** When the last undisturbed run began. */
  seenAt = 0;
  #past: readonly { readonly at: number; readonly seen: Partial<AccountState> }[] = [];
  readonly #reports: World['reports'] | undefined;
  readonly #rules: AccountState['recycleBin']['rules'];

  /** @param reports where the janitor writes; the account's own bucket where left out */
  constructor(
    { lingersSeconds }: Pick<Story, 'lingersSeconds'>,
    story = new StoryAccount(),
    time = new VirtualTime(NOW),
    reports?: World['reports'],
  ) {
    this.#reports = reports;
    this.story = story;
    this.time = time;
    this.state.buckets.set(BUCKET, new Map());
    this.#rules = [...this.state.recycleBin.rules];
    this.state.settings.deregisteredLingersSeconds = lingersSeconds;
  }

  /** The report bucket's objects, by key. */
  get reports(): NonNullable<ReturnType<AccountState['buckets']['get']>> {
    return this.#reports ?? this.state.buckets.get(BUCKET) ?? new Map();
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

  /** By its number in the story, or as the one whose end is nearest (-1), the next (-2), … */
  life(number: number): Life | undefined {
    if (number > 0) return this.lives.get(number);
    const marked = [...this.lives.values()].filter(
      ({ id, markedAt }) => markedAt !== undefined && this.state.images.has(id),
    );
    return marked.sort((one, other) => this.#endOf(one) - this.#endOf(other))[-number - 1];
  }

  /** When its next step may come, as far as its waits say. */
  #endOf({ id, kind, markedAt = 0, launchedAt = 0, putBackAt = 0, heldAt = 0 }: Life): number {
    const rule = rulesByName(this.policy).get(kind);
    const isAvailable = this.state.images.get(id)?.State === 'available';
    const step = (isAvailable ? rule?.disable : undefined) ?? rule?.deregister;
    return Math.max(markedAt, launchedAt, putBackAt, heldAt) + (step?.after.milliseconds ?? Number.POSITIVE_INFINITY);
  }

  /** Its number in the story. */
  numberOf(id: string | undefined): number | undefined {
    return [...this.lives].find(([, life]) => life.id === id)?.[0];
  }

  /** The Recycle Bin's rules are taken away, or made again. */
  makeRules(areThere: boolean): void {
    const { rules } = this.state.recycleBin;
    if (areThere === rules.length > 0) return;
    rules.splice(0, rules.length, ...(areThere ? this.#rules : []));
    this.withoutRulesSince = areThere ? undefined : this.time.milliseconds;
  }

  /** The account as it was some seconds ago, as far as AWS can be behind; as it is now where nobody kept that. */
  asOf(seconds: number): AccountState {
    const at = this.time.milliseconds - seconds * 1000;
    return { ...this.state, ...this.#past.findLast((one) => one.at <= at)?.seen };
  }

  /** Keeps what the account is now, for a minute. */
  remember(): void {
    const { images, snapshots, launchPermissions, instances, launchTemplates } = this.state;
    const { autoScalingGroups, instanceRefreshes, launchConfigurations } = this.state;
    const seen = {
      ...{ images: new ImageMap(images), snapshots: new Map(snapshots), launchPermissions: new Map(launchPermissions) },
      ...{ instances: new Map(instances), launchTemplates: new Map(launchTemplates) },
      ...{ autoScalingGroups: new Map(autoScalingGroups), instanceRefreshes: new Map(instanceRefreshes) },
      launchConfigurations: new Map(launchConfigurations),
    };
    const at = this.time.milliseconds;
    this.#past = [...this.#past.filter((one) => at - one.at < 60_000), { at, seen }];
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
    this.seenAt = at;
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

  /** The newest of the one group that keeps its newest: what is disabled is no rollback. */
  newestGolden(): Life | undefined {
    return [...this.lives.values()].findLast(
      ({ kind, id }) => kind === 'golden' && this.state.images.get(id)?.State === 'available',
    );
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

  /** Who is meant by a number: one of the organization, or somebody outside. */
  accountOf(number: number): string {
    return this.neighbors[number - 1]?.state.accountId ?? `${number}`.repeat(12);
  }

  isSharedWith({ id }: Life, { state: { accountId } }: World): boolean {
    if (accountId === this.state.accountId) return true;
    return (this.state.launchPermissions.get(id) ?? []).some(({ UserId }) => UserId === accountId);
  }

  build({ image, kind, team, sharesRoot }: Extract<Act, { do: 'build' }>, given?: Partial<Image>): Life {
    const now = this.time.milliseconds;
    const ageDays = (NOW.getTime() - now) / DAY;
    const owner = `#team-${team}`;
    const before = sharesRoot ? this.state.images.get(this.lives.get(image - 1)?.id ?? '') : undefined;
    const mappings = before?.BlockDeviceMappings;
    const tags = { Kind: kind, Owner: owner };
    const options = { ageDays, deprecatedDaysAgo: null, tags, ...(given && { with: given }) } as const;
    const id = this.story.image(`image ${image}`, options);
    if (mappings) {
      this.state.snapshots.delete(this.story.snapshotOf(id));
      const own = this.state.images.get(id);
      if (own) this.state.images.set(id, { ...own, BlockDeviceMappings: mappings });
    }
    const life: Life = {
      ...{ id, kind, owner, snapshots: [this.story.snapshotOf(id)], builtAt: now, touchedAt: now, ownerSince: now },
      ...{
        uses: new Map(),
        copies: [],
        sharedWith: new Set(),
        keptSince: undefined,
        launchedAt: undefined,
        putBackAt: undefined,
      },
      ...{
        heldAt: undefined,
        markedAt: undefined,
        unmarked: undefined,
        deregisterAfter: undefined,
        disabledByTool: false,
        removedAt: undefined,
        leftAt: undefined,
      },
    };
    this.lives.set(image, life);
    return life;
  }

  change({ id }: Life, changed: Partial<Image>): void {
    const image = this.state.images.get(id);
    if (image !== undefined) this.state.images.set(id, { ...image, ...changed });
  }
}
