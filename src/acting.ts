import { failureOf } from './aws/errors.ts';
import type { RunLock } from './aws/lock.ts';
import type { ActRequest, Enforcement } from './enforcement.ts';
import { type FreshLook, freshLookOf, lookAgain, whyNotCalled } from './look-again.ts';
import { isImageId } from './model/ids.ts';
import type { Outcome } from './model/outcome.ts';
import type { Action, PassName, Plan } from './model/plan.ts';
import { withRecycleBin } from './passes/recycle-bin.ts';
import { perform } from './perform.ts';
import { actionKey } from './plan/wanted-again.ts';
import { askSecondOpinion, type SecondOpinion } from './references/second-opinion.ts';

const MINUTE = 60_000;
/** An older plan is not executed. */
const PLAN_VALID_MINUTES = 15;
/** What was looked at anew counts for so long. */
const LOOK_VALID_MINUTES = 5;
/** So many actions a look at least; where a look takes long, as many as take three times as long, while it counts. */
const LEAST_A_LOOK = 50;
const MOST_A_LOOK = 1000;
const ACTING_FOR_A_LOOK = 3;
const ACTING_MILLISECONDS = 4 * MINUTE;

/** Acts on batch after batch of a plan, and collects how each action ended. */
export class Acting {
  readonly outcomes: Outcome[] = [];
  readonly #request: ActRequest;
  readonly #enforcement: Enforcement;
  readonly #lock: RunLock | undefined;
  #lookMilliseconds = 0;
  #actMilliseconds = 0;
  #acted = 0;
  /** Of the batch at hand: what was left alone for lack of time or lock, or since nothing could be looked at. */
  #untried: Action[] = [];
  #lost: string | undefined;

  constructor(request: ActRequest, lock: RunLock | undefined) {
    this.#request = request;
    this.#enforcement = request.enforcement;
    this.#lock = lock;
  }

  /** How many actions one look is to serve: a look at a large account takes a minute. */
  actionsALook(): number {
    if (this.#acted === 0 || this.#actMilliseconds === 0) return LEAST_A_LOOK;
    const worth = Math.min(ACTING_FOR_A_LOOK * this.#lookMilliseconds, ACTING_MILLISECONDS);
    const many = Math.floor(worth / (this.#actMilliseconds / this.#acted));
    return Math.min(MOST_A_LOOK, Math.max(LEAST_A_LOOK, many));
  }

  /** Looks anew and acts, as often as it takes for one batch. */
  async batch(pass: PassName, actions: readonly Action[]): Promise<void> {
    const batchStart = this.outcomes.length;
    const { ledger } = this.#enforcement;
    this.#untried = [];
    if (this.#stopReason(this.#lookMilliseconds) === undefined) await ledger?.begin(pass, actions);
    let left = actions;
    while (left.length > 0) {
      const stop = this.#stopReason(this.#lookMilliseconds) ?? (await this.#renewLock());
      const look = stop === undefined ? await this.#lookAgain(pass, left) : stop;
      if (typeof look === 'string') {
        for (const action of left) this.#leave(action, look);
        break;
      }
      left = await this.#actOn(look, left);
    }
    const done = await withRecycleBin(this.#enforcement.clients.ec2, this.outcomes.splice(batchStart));
    this.outcomes.push(...done);
    const untried = new Set(this.#untried.map(actionKey));
    const tried = actions.filter((action) => !untried.has(actionKey(action)));
    await ledger?.end(
      tried,
      done.filter(({ action, resourceId }) => !untried.has(`${action} ${resourceId}`)),
    );
  }

  /** Acts while the look is fresh; what is left then needs another. */
  async #actOn(look: FreshLook, actions: readonly Action[]): Promise<readonly Action[]> {
    const { clock } = this.#enforcement;
    const started = clock();
    const left = await this.#actWhileFresh(look, actions);
    this.#acted += actions.length - left.length;
    this.#actMilliseconds += clock().getTime() - started.getTime();
    return left;
  }

  async #actWhileFresh(look: FreshLook, actions: readonly Action[]): Promise<readonly Action[]> {
    const { clients, clock } = this.#enforcement;
    const opinions = await this.#secondOpinions(look, actions);
    for (const [index, action] of actions.entries()) {
      const stop = this.#stopReason(0);
      if (stop !== undefined) {
        this.#leave(action, stop);
        continue;
      }
      if (index > 0 && this.#ageMinutes(look.plan) > LOOK_VALID_MINUTES) return actions.slice(index);
      const fresh = look.called.get(actionKey(action));
      const opinion = action.action === 'deregister' ? opinions.get(action.imageId) : undefined;
      if (fresh === undefined) this.#record(notCalled(look, action));
      else if (action.action === 'deregister' && opinion?.opinion !== 'unreferenced') {
        this.#record(skipped(action, objection(opinion)));
      } else {
        const note = opinion?.opinion === 'unreferenced' ? opinion.note : undefined;
        const context = { ec2: clients.ec2, runId: this.#request.runId, clock };
        for (const outcome of await perform(context, look, action, fresh, note)) this.#record(outcome);
      }
    }
    return [];
  }

  /** The first plan serves what can be undone while it is fresh; all else is looked at anew. */
  async #lookAgain(pass: PassName, actions: readonly Action[]): Promise<FreshLook | string> {
    const { plan, policy, look } = this.#request;
    const { clock } = this.#enforcement;
    if (pass === 'deprecate' && this.#ageMinutes(plan) <= LOOK_VALID_MINUTES) return freshLookOf(plan);
    const started = clock();
    try {
      const fresh = await lookAgain(look, policy, started, actions);
      this.#lookMilliseconds = clock().getTime() - started.getTime();
      if (fresh.plan.complete) return fresh;
      const unread = fresh.plan.sources.filter(({ status }) => status === 'unreadable').map(({ name }) => name);
      return `looked at again, the account could not be read completely (${unread.join(', ')})`;
    } catch (error) {
      return `the account could not be looked at again: ${failureOf(error).sentence}`;
    }
  }

  async #secondOpinions(look: FreshLook, actions: readonly Action[]): Promise<Map<string, SecondOpinion>> {
    const asked = actions
      .filter((action) => action.action === 'deregister' && look.called.has(actionKey(action)))
      .flatMap((action) => ('snapshotId' in action ? [] : action.imageId))
      .filter(isImageId);
    return askSecondOpinion(
      this.#enforcement.clients.ec2,
      asked,
      this.#request.policy.references.launchTemplateVersions,
    );
  }

  #stopReason(neededMilliseconds: number): string | undefined {
    const { plan } = this.#request;
    const { clock, deadline, signal } = this.#enforcement;
    if (this.#lost !== undefined) return this.#lost;
    if (signal?.aborted === true) return 'interrupted; the next run takes it up';
    if (deadline !== undefined && clock().getTime() + neededMilliseconds >= deadline.getTime()) {
      return 'out of time; the next run takes it up';
    }
    if (this.outcomes.length === 0 && this.#ageMinutes(plan) > PLAN_VALID_MINUTES) {
      this.#lost = `the plan is more than ${PLAN_VALID_MINUTES} minutes old; plan anew`;
    }
    return this.#lost;
  }

  async #renewLock(): Promise<string | undefined> {
    this.#lost = await this.#lock?.renew();
    return this.#lost;
  }

  #ageMinutes({ observedAt }: Plan): number {
    return (this.#enforcement.clock().getTime() - observedAt.getTime()) / MINUTE;
  }

  #leave(action: Action, why: string): void {
    this.#untried.push(action);
    this.#record(skipped(action, why));
  }

  #record(outcome: Outcome): void {
    this.outcomes.push(outcome);
    this.#enforcement.onOutcome(outcome);
  }
}

function notCalled(look: FreshLook, action: Action): Outcome {
  const reason = whyNotCalled(look, action);
  const removes = action.action === 'deregister' || action.action === 'delete-snapshot';
  if (removes && reason === 'it is gone') return { ...subject(action), status: 'done', reason: 'it was already gone' };
  return skipped(action, reason);
}

function objection(opinion: Exclude<SecondOpinion, { opinion: 'unreferenced' }> | undefined): string {
  if (opinion?.opinion === 'referenced') {
    return `AWS names a use of it that was not found otherwise (DescribeImageReferences): ${opinion.by.join('; ')}`;
  }
  return `AWS's own second opinion could not be had (DescribeImageReferences): ${opinion?.error ?? 'it was not asked'}`;
}

function skipped(action: Action, reason: string): Outcome {
  return { ...subject(action), status: 'skipped', reason };
}

function subject(action: Action): Pick<Outcome, 'action' | 'resourceId'> {
  return { action: action.action, resourceId: 'snapshotId' in action ? action.snapshotId : action.imageId };
}
