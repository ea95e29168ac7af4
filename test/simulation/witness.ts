import type { LaunchPermission } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import type { Call } from '../../sandbox/calls.ts';
import { rulesByName } from '../../src/model/policy.ts';
import { TAG } from '../../src/model/tags.ts';
import type { Mailbox } from './mailbox.ts';
import { MOST_SECONDS_BEHIND } from './story.ts';
import { DAY, type Life, type World } from './world.ts';

const SECOND = 1000;
/** What came into use so shortly before is not seen: the last look is ten seconds old at the most, and the call takes one. */
const LAST_LOOK = 12 * SECOND;
/** AWS's second opinion knows no launch configurations, nor which version a group names: the last reading counts. */
const LAST_READING = 6 * 60 * SECOND;
/** Clocks that differ by less are taken for the same, and EC2 rounds to the minute. */
const CLOCKS = 5 * 60 * SECOND;

/** What one run did, as AWS saw it. */
export interface RunSeen {
  readonly runId: string;
  /** Why nothing may be taken away in it, if so: a source that was denied, a clock that is off. */
  mayNotTake: string | undefined;
  readonly mayNotWrite: string | undefined;
  readonly faults: number;
  /** `deregister ami-…`: what AWS did for it. */
  readonly did: Set<string>;
  isOver: boolean;
}

const inputSchema = z.looseObject({
  ImageId: z.string().optional(),
  SnapshotId: z.string().optional(),
  DeleteAssociatedSnapshots: z.boolean().optional(),
  Resources: z.array(z.string()).optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string().optional() })).optional(),
  LaunchPermission: z.object({ Add: z.array(z.custom<LaunchPermission>()).optional() }).optional(),
});

const ACTIONS: Readonly<Record<string, string>> = {
  EnableImageDeprecation: 'deprecate',
  DisableImageDeprecation: 'reinstate',
  EnableImage: 'reinstate',
  DisableImage: 'disable',
  DeregisterImage: 'deregister',
  DeleteSnapshot: 'delete-snapshot',
};

/** Watches every write of the tool at AWS's side, and says which promise it breaks, by what people did and heard alone. */
export class Witness {
  readonly broken: string[] = [];
  readonly #world: World;
  readonly #mailbox: Mailbox;
  #writing: RunSeen | undefined;

  readonly #lastLook: number;
  readonly #groupSeen: number;
  readonly #othersReading: number;

  /**
   * @param isExact where AWS is never behind, and no group names an older version of a template
   * @param othersReading how old the last reading of the organization's other accounts may be, in milliseconds
   */
  constructor(world: World, mailbox: Mailbox, { isExact = false, othersReading = 0 } = {}) {
    this.#othersReading = othersReading;
    this.#world = world;
    this.#mailbox = mailbox;
    this.#lastLook = LAST_LOOK + (isExact ? 0 : MOST_SECONDS_BEHIND * SECOND);
    this.#groupSeen = isExact ? LAST_LOOK : LAST_READING;
  }

  /** A call that is about to reach AWS. @returns what is to be asked of the account once AWS has answered */
  before({ service, operation, writes, input }: Call, run: RunSeen): (() => void) | undefined {
    if (service !== 'ec2' || !writes) return undefined;
    const parsed = inputSchema.parse(input);
    const action = ACTIONS[operation];
    if (run.mayNotWrite !== undefined) this.found('clock', `${operation} though ${run.mayNotWrite}`);
    if (this.#writing !== undefined && this.#writing !== run && !this.#writing.isOver)
      this.found('one run at a time', `${operation} by ${run.runId}, while ${this.#writing.runId} acts`);
    this.#writing = run;
    const id = parsed.ImageId ?? parsed.SnapshotId ?? '';
    const life = this.#world.lifeOf(parsed.ImageId);
    if (action !== undefined) this.#checkWritten(action, id, run);
    if (life !== undefined && (action === 'disable' || action === 'deregister')) this.#checkTaking(action, life, run);
    if (operation === 'EnableImage' && life?.disabledByTool === false)
      this.found('people win', `${id} is enabled, which people disabled`);
    // Both removed it at the same moment: nobody can tell who was first.
    if (life && action === 'deregister' && this.#world.time.milliseconds - (life.leftAt ?? 0) <= this.#lastLook)
      life.leftAt = undefined;
    if (operation === 'ModifyImageAttribute') this.#checkSharing(life, parsed.LaunchPermission?.Add ?? []);
    const { images, snapshots } = this.#world.state;
    const there = { images: new Map(images), snapshots: new Set(snapshots.keys()) };
    return () => this.#after(operation, parsed, run, there);
  }

  #after(
    operation: string,
    { ImageId = '', Resources = [], Tags = [] }: z.infer<typeof inputSchema>,
    run: RunSeen,
    before: { readonly images: ReadonlyMap<string, unknown>; readonly snapshots: ReadonlySet<string> },
  ): void {
    const { state, time } = this.#world;
    const life = this.#world.lifeOf(ImageId);
    const action = ACTIONS[operation];
    if (operation === 'CreateTags') for (const one of Resources) this.#marked(this.#world.lifeOf(one), Tags);
    if (operation === 'DeleteTags' && Tags.some(({ Key }) => Key === TAG.disabledAt))
      for (const one of Resources) this.#givenBack(one);
    if (life && action !== undefined && state.images.get(ImageId) !== before.images.get(ImageId)) {
      run.did.add(`${action} ${ImageId}`);
      if (operation === 'DisableImage') life.disabledByTool = true;
      if (operation === 'DeregisterImage') life.removedAt = time.milliseconds;
      if (operation === 'DisableImageDeprecation') {
        life.markedAt = undefined;
        this.#mailbox.withdraw(ImageId, time.milliseconds);
      }
      if (action === 'deregister' && this.#mustBeUndoable() && !state.recycleBin.images.has(ImageId))
        this.found('undo', `${ImageId} does not lie in the Recycle Bin`);
    }
    for (const id of before.snapshots) {
      if (state.snapshots.has(id)) continue;
      run.did.add(`delete-snapshot ${id}`);
      this.#checkSnapshot(id, run);
      if (this.#mustBeUndoable() && !state.recycleBin.snapshots.has(id))
        this.found('undo', `${id} does not lie in the Recycle Bin`);
    }
    const done = [...run.did].filter((one) => one.startsWith(`${action} `)).length;
    if (action !== 'delete-snapshot' && done > this.#world.policy.limits.perRun + run.faults)
      this.found('limits', `${done} × ${action} in ${run.runId}, limit ${this.#world.policy.limits.perRun}`);
  }

  /** What people then disable is theirs. */
  #givenBack(id: string): void {
    const life = this.#world.lifeOf(id);
    if (life && this.#world.state.images.get(id)?.State === 'available') life.disabledByTool = false;
  }

  #marked(
    life: Life | undefined,
    tags: readonly { readonly Key: string; readonly Value?: string | undefined }[],
  ): void {
    if (life === undefined || !tags.some(({ Key }) => Key === TAG.deprecatedAt)) return;
    life.markedAt = this.#world.time.milliseconds;
    const promised = Date.parse(tags.find(({ Key }) => Key === TAG.deregisterAfter)?.Value ?? '');
    life.deregisterAfter = Number.isNaN(promised) ? undefined : promised;
  }

  /** But for rules that were taken away a moment before. */
  #mustBeUndoable(): boolean {
    const { withoutRulesSince, time } = this.#world;
    return withoutRulesSince === undefined || time.milliseconds - withoutRulesSince > LAST_READING;
  }

  /** Written down before it is done: an entry of this run that names it. */
  #checkWritten(action: string, id: string, { runId }: RunSeen): void {
    for (const [key, { body }] of this.#world.reports) {
      if (!key.startsWith('journal/')) continue;
      const text = Buffer.from(body).toString();
      if (text.includes(runId) && text.includes(id)) return;
    }
    this.found('written down', `${action} of ${id} by ${runId} stands nowhere before`);
  }

  #checkTaking(action: 'disable' | 'deregister', life: Life, run: RunSeen): void {
    const { time, policy } = this.#world;
    const now = time.milliseconds;
    const say = (invariant: string, why: string) => this.found(invariant, `${action} of ${life.id}: ${why}`);
    if (run.mayNotTake !== undefined) say('unknown means keep', run.mayNotTake);
    for (const [by, { since }] of life.uses)
      if (now - since > this.#seenAfter(by)) say('in use', `it is used by a ${by} for ${(now - since) / SECOND} s`);
    for (const copy of this.#copiesOf(life))
      for (const [by, { since }] of copy.uses)
        if (now - since > this.#othersReading)
          say('in use', `its copy ${copy.id} is used by a ${by} for ${(now - since) / SECOND} s`);
    if (this.#isKept(life, now)) say('kept', 'people keep it');
    const rule = rulesByName(policy).get(life.kind);
    const step = rule?.[action];
    if (rule === undefined || step === undefined) {
      say('rule', 'no rule asks for it');
      return;
    }
    const isNew = [...this.#world.lives.values()].some(
      ({ kind, leftAt = 0, touchedAt }) => kind === 'golden' && now - Math.max(leftAt, touchedAt) <= LAST_READING,
    );
    if (life === this.#world.newestGolden() && !isNew) say('newest', 'it is the newest of its group');
    if (rule.kind === 'retention' && now - life.builtAt < (rule.keep.youngerThan?.milliseconds ?? 0))
      say('young', `it is ${(now - life.builtAt) / DAY} days old`);
    const { after } = step;
    const waited = (what: string, at: number | undefined) => {
      if (at !== undefined && now - at + CLOCKS < after.milliseconds)
        say('waits', `${what} ${((now - at) / DAY).toFixed(2)} days ago, of ${after.milliseconds / DAY}`);
    };
    // Somebody may have taken the mark off right before.
    if (life.markedAt === undefined && now - life.touchedAt > this.#lastLook)
      say('waits', 'it is not deprecated by this tool');
    waited('deprecated', life.markedAt);
    if (now - (life.putBackAt ?? now) > this.#lastLook) waited('put back by people', life.putBackAt);
    waited('held by something', life.heldAt);
    if (now - (life.launchedAt ?? now) > DAY + LAST_READING) waited('launched', life.launchedAt);
    if (action === 'deregister' && life.deregisterAfter !== undefined && now + CLOCKS < life.deregisterAfter)
      say('promise', `it was to stay until ${new Date(life.deregisterAfter).toISOString()}`);
    const objection = this.#mailbox.objection(action, life, now, policy, step);
    if (objection !== undefined) say('told in time', objection);
  }

  /** Within which a use is certainly seen, in milliseconds. */
  #seenAfter(by: string): number {
    const [kind, isOfAnother] = [by.split(' of ')[0], by.includes(' of ')];
    if (kind !== 'group' && kind !== 'launch configuration') return this.#lastLook;
    if (isOfAnother) return this.#othersReading;
    return kind === 'group' ? this.#groupSeen : LAST_READING;
  }

  /** Those that were copied from it, and so on, but for what came back: where it lies itself a copy stands for itself. */
  #copiesOf({ copies }: Life): Life[] {
    const all = copies.flatMap((copy) => [copy, ...this.#copiesOf(copy)]);
    return all.filter(({ id }) => this.#world.lifeOf(id) === undefined);
  }

  #isKept({ id, keptSince }: Life, now: number): boolean {
    const value = this.#world.state.images.get(id)?.Tags?.find(({ Key }) => Key === TAG.keep)?.Value;
    if (value === undefined || keptSince === undefined || now - keptSince <= this.#lastLook) return false;
    return value === 'true' || Date.parse(value) > now + CLOCKS;
  }

  #checkSharing(life: Life | undefined, added: readonly LaunchPermission[]): void {
    for (const { UserId, Group } of added)
      if (UserId === undefined || life?.sharedWith.has(UserId) !== true)
        this.found('sharing', `${life?.id} is shared with ${UserId ?? Group}, with whom people do not share it`);
  }

  #checkSnapshot(id: string, run: RunSeen): void {
    const { state, policy, time } = this.#world;
    const say = (invariant: string, why: string) => this.found(invariant, `deletion of ${id}: ${why}`);
    const owners = [...this.#world.lives.values()].filter(({ snapshots }) => snapshots.includes(id));
    // AWS's second opinion is one about images.
    const isUnknown = run.mayNotTake?.startsWith('DescribeImageReferences') === false;
    if (isUnknown) say('unknown means keep', run.mayNotTake ?? '');
    if (owners.some((life) => state.images.has(life.id))) say('snapshots', 'its image is there');
    const isKept = owners.some(({ kind, leftAt }) => kind === 'archive' && leftAt === undefined);
    if (isKept) say('snapshots', 'its rule keeps it');
    // Its last image goes with it, by its rule.
    if (owners.some((life) => run.did.has(`deregister ${life.id}`))) return;
    const removedAt = Math.max(...owners.map((life) => life.removedAt ?? 0));
    for (const { leftAt, putBackAt } of owners) {
      // By the rule of the image that went last, which may have been hindered for long.
      if (leftAt === undefined || leftAt < removedAt || time.milliseconds - leftAt <= this.#lastLook) continue;
      const grace = policy.orphanSnapshots?.deleteAfter.milliseconds ?? Number.POSITIVE_INFINITY;
      const days = (time.milliseconds - Math.max(leftAt, putBackAt ?? 0)) / DAY;
      if (days * DAY + CLOCKS < grace) say('snapshots', `people left it ${days.toFixed(2)} days ago`);
    }
  }

  found(invariant: string, what: string): void {
    this.broken.push(`${invariant}: ${what}`);
  }
}
