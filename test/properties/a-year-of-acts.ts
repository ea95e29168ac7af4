import type { Account } from '../../src/model/account.ts';
import type { ImageId, SnapshotId } from '../../src/model/ids.ts';
import type { Image, Snapshot, Tags } from '../../src/model/image.ts';
import { type Announced, imageRecordOf } from '../../src/model/journal.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import type { Policy, Rule } from '../../src/model/policy.ts';
import { ownerOf } from '../../src/model/tags.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { announcedBy, dueNotices } from '../../src/plan/notices.ts';
import {
  AT,
  anAccount,
  anImage,
  aSnapshot,
  DAY,
  HARMLESS,
  imageId,
  snapshotId,
  UNSHARED,
} from '../builders/account.ts';
import { afterwards, changeImage, record } from '../builders/apply.ts';
import { aJournal, RUN_ID } from '../builders/records.ts';

const IMAGES = [1, 2, 3] as const;

/** What the last of people's acts on an image or a snapshot was, and since when its waits must count anew. */
type Since = Map<ImageId | SnapshotId, { readonly at: number; readonly act: string }>;

/** What the present owner of an image was told last. */
interface Told {
  readonly owner: string | undefined;
  readonly announced: Announced;
}

/**
 * A small account over a year, in memory: people act on it by hand, owners are told, and runs do what they plan, with the
 * journal that they would write. It keeps for itself what people did and heard, and says where a run does not honor it.
 */
export class Year {
  #account: Account;
  #policy: Policy;
  #now = AT.getTime();
  readonly #since: Since = new Map();
  readonly #told = new Map<ImageId, Told>();
  readonly #bin = new Map<ImageId, { readonly image: Image; readonly snapshots: readonly Snapshot[] }>();
  readonly broken: string[] = [];

  constructor(policy: Policy) {
    this.#policy = policy;
    const images = IMAGES.map((number) => anImage({ number, ageDays: 100, tags: { Owner: 'ann' } }));
    const snapshots = IMAGES.map((number) =>
      aSnapshot({ number, description: `Created by CreateImage(i-0123456789abcdef0) for ${imageId(number)}` }),
    );
    this.#account = { ...anAccount({ images, snapshots }), journal: aJournal() };
  }

  pass(days: number): void {
    this.#now += days * DAY;
  }

  edit(policy: Policy): void {
    this.#policy = policy;
  }

  tag(number: number, tags: Tags): void {
    const id = imageId(number);
    this.#account = changeImage(this.#account, id, (image) => ({ ...image, tags: { ...image.tags, ...tags } }));
  }

  untag(number: number, key: string): void {
    this.#account = changeImage(this.#account, imageId(number), ({ tags, ...image }) => ({
      ...image,
      tags: Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key)),
    }));
  }

  launch(number: number): void {
    if (this.#imageOf(number)?.state !== 'available') return;
    this.#account = changeImage(this.#account, imageId(number), (image) => ({
      ...image,
      lastLaunchedTime: new Date(this.#now),
    }));
    this.#did(imageId(number), 'launched');
  }

  name(number: number, isNamed: boolean): void {
    const named = new Map(this.#account.references.images);
    if (isNamed) named.set(imageId(number), [{ kind: 'ec2:LaunchTemplate', resource: 'lt-0abc', namedBy: [] }]);
    else named.delete(imageId(number));
    this.#account = { ...this.#account, references: { ...this.#account.references, images: named } };
  }

  share(number: number, accounts: readonly string[]): void {
    const sharing = new Map([...this.#account.sharing, [imageId(number), { ...UNSHARED, accounts }] as const]);
    this.#account = { ...this.#account, sharing };
  }

  /** Somebody enables what is disabled, or disables what is available; only what a run had disabled is put back so. */
  turn(number: number, state: 'available' | 'disabled'): void {
    const image = this.#imageOf(number);
    if (image === undefined || image.state === state) return;
    this.#account = changeImage(this.#account, image.imageId, (one) => ({ ...one, state }));
    const wasTaken = imageRecordOf(this.#account.journal, image.imageId)?.disabled !== undefined;
    if (state === 'available' && wasTaken) this.#did(image.imageId, 'enabled');
    if (state === 'disabled' && this.#since.get(image.imageId)?.act === 'enabled') this.#since.delete(image.imageId);
  }

  /** Somebody brings an image back from the Recycle Bin, its snapshots first; or the snapshots alone. */
  restore(number: number, isWhole: boolean): void {
    const id = imageId(number);
    const binned = this.#bin.get(id);
    if (binned === undefined) return;
    const there = new Set(this.#account.snapshots.map(({ snapshotId: one }) => one));
    const back = binned.snapshots.filter(({ snapshotId: one }) => !there.has(one));
    for (const snapshot of back) this.#did(snapshot.snapshotId, 'restored');
    const images = isWhole ? [...this.#account.images, binned.image] : this.#account.images;
    this.#account = { ...this.#account, images, snapshots: [...this.#account.snapshots, ...back] };
    if (!isWhole) return;
    this.#bin.delete(id);
    this.#did(id, 'restored');
  }

  /** Somebody deregisters an image and keeps its snapshots, as EC2 does. */
  deregisterByHand(number: number): void {
    const image = this.#imageOf(number);
    if (image === undefined) return;
    this.#account = { ...this.#account, images: this.#account.images.filter((one) => one !== image) };
    this.#did(snapshotId(number), 'left by hand');
  }

  /** Owners hear what the plan holds for their images; what they are told is recorded. */
  tell(): void {
    const at = new Date(this.#now);
    for (const wanted of dueNotices(this.#plan(), this.#policy)) {
      const { image } = wanted.decision;
      const owner = ownerOf(image.tags, this.#policy.owners.tag);
      const before = imageRecordOf(this.#account.journal, image.imageId)?.announced;
      const announced = announcedBy({ ...wanted, ...(owner !== undefined && { owner }) }, at, before);
      this.#account = record(this.#account, image.imageId, { announced });
      this.#told.set(image.imageId, { owner, announced });
    }
  }

  /** A run that enforces. */
  run(): void {
    const plan = this.#plan();
    for (const { actions } of plan.passes) for (const action of actions) this.#check(action, plan);
    for (const { image, references } of plan.decisions) {
      if (references.length > 0) this.#did(image.imageId, 'named');
      if (image.tags['ami-janitor:keep'] === 'true') this.#did(image.imageId, 'kept');
    }
    const before = this.#account;
    this.#account = { ...afterwards(before, plan), observedAt: plan.at };
    const there = new Set(this.#account.images.map((image) => image.imageId));
    for (const image of before.images) {
      if (!there.has(image.imageId)) this.#bury(image, before);
    }
  }

  /** So many images lie in the bin since a run removed them. */
  get removed(): number {
    return this.#bin.size;
  }

  #bury(image: Image, { snapshots }: Account): void {
    const tags = { ...image.tags, 'ami-janitor:deregister-run': RUN_ID };
    const mine = new Set(image.blockDevices.map((device) => device.snapshotId));
    const claims = { 'ami-janitor:image': image.imageId, 'ami-janitor:run': RUN_ID };
    const taken = snapshots
      .filter((one) => mine.has(one.snapshotId))
      .map((one) => ({ ...one, tags: { ...one.tags, ...claims } }));
    this.#bin.set(image.imageId, { image: { ...image, tags }, snapshots: taken });
  }

  #plan(): Plan {
    const recycleBin = new Map(
      IMAGES.map((number) => [imageId(number), { status: 'read', inBin: this.#bin.has(imageId(number)) }] as const),
    );
    const snapshotDetails = new Map(this.#account.snapshots.map((one) => [one.snapshotId, HARMLESS]));
    const account = { ...this.#account, recycleBin, snapshotDetails };
    return makePlan(account, this.#policy, new Date(this.#now));
  }

  #check(action: Action, { at }: Plan): void {
    if (action.action === 'disable' || action.action === 'deregister') {
      const rule = this.#policy.rules.find(({ name }) => name === action.rule);
      this.#checkWait(action.action, action.imageId, rule, at);
      this.#checkPromise(action.action, action.imageId, at);
    }
    // Its owner hears that it stays: what was said before is over.
    if (action.action === 'reinstate') this.#told.delete(action.imageId);
    if (action.action === 'deregister') for (const id of action.deleteSnapshots) this.#checkSnapshot(id, at, true);
    if (action.action === 'delete-snapshot') this.#checkSnapshot(action.snapshotId, at, false);
  }

  #checkWait(step: 'disable' | 'deregister', id: ImageId, rule: Rule | undefined, at: Date): void {
    const since = this.#since.get(id);
    const wait = rule?.[step]?.after.milliseconds ?? Infinity;
    if (since && at.getTime() - since.at < wait)
      this.broken.push(`${step} of ${id} ${(at.getTime() - since.at) / DAY} days after it was ${since.act}`);
  }

  #checkPromise(step: 'disable' | 'deregister', id: ImageId, at: Date): void {
    const image = this.#account.images.find((one) => one.imageId === id);
    const owner = ownerOf(image?.tags ?? {}, this.#policy.owners.tag);
    const told = this.#told.get(id);
    if (told === undefined || told.owner !== owner) {
      if (this.#policy.notify) this.broken.push(`${step} of ${id}, of which ${owner} was told nothing`);
      return;
    }
    const from = step === 'disable' ? told.announced.disableFrom : told.announced.deregisterFrom;
    if (from === 'none' || from > at) this.broken.push(`${step} of ${id}, of which ${owner} was told ${String(from)}`);
  }

  #checkSnapshot(id: SnapshotId, at: Date, isWithImage: boolean): void {
    const since = this.#since.get(id);
    const grace = this.#policy.orphanSnapshots?.deleteAfter.milliseconds ?? Infinity;
    if (!isWithImage && since && at.getTime() - since.at < grace)
      this.broken.push(`deletion of ${id} ${(at.getTime() - since.at) / DAY} days after it was ${since.act}`);
  }

  #imageOf(number: number): Image | undefined {
    return this.#account.images.find((one) => one.imageId === imageId(number));
  }

  #did(id: ImageId | SnapshotId, act: string): void {
    this.#since.set(id, { at: this.#now, act });
  }
}
