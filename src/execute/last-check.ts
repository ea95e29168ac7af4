import { actionKey } from '../model/action-ref.ts';
import type { Outcome } from '../model/outcome.ts';
import { type Action, breaksLaunches } from '../model/plan.ts';
import { SNAPSHOT_REASONS } from '../model/reasons.ts';
import { askSecondOpinion, type SecondOpinion } from '../references/second-opinion.ts';
import { currentObjection, readCurrentState, snapshotsOf, withCurrentSnapshots } from './current-state.ts';
import { type ExecuteRequest, OthersOpinions } from './enforcement.ts';
import type { Deregistration } from './passes/deregister.ts';
import { type ActionOf, skipped } from './passes/pass.ts';
import type { Revalidation } from './revalidate.ts';

/** An action that may be done, as it was found right before. */
export interface ClearCheck {
  readonly status: 'clear';
  /** The action as the plan had it. */
  readonly planned: Action;
  /** The same as its revalidation has it, less the snapshots that changed since. */
  readonly fresh: Action;
  /** The revalidation, with the images as they are now. */
  readonly revalidation: Revalidation;
  /** What is to be said of it beside that it was done. */
  readonly note?: string;
}

/** An action of the plan, and the same as its revalidation has it. */
export interface CalledAction {
  readonly planned: Action;
  readonly fresh: Action;
}

/** The latest check of each action of a chunk, and how old it is. */
export class LastChecks {
  readonly #request: ExecuteRequest;
  readonly #revalidation: Revalidation;
  readonly #called: readonly CalledAction[];
  readonly #checks = new Map<string, ClearCheck | Outcome>();
  #startedAt = Number.NEGATIVE_INFINITY;
  readonly #others: OthersOpinions;

  constructor(request: ExecuteRequest, revalidation: Revalidation, called: readonly CalledAction[]) {
    this.#request = request;
    this.#revalidation = revalidation;
    this.#called = called;
    this.#others = new OthersOpinions(request.options, revalidation.account);
  }

  /** Since the first request of the latest check; what changed after that was perhaps not seen. */
  ageMilliseconds(): number {
    return this.#request.options.clock().getTime() - this.#startedAt;
  }

  /** That an action may be done, or how it ends instead. */
  of(action: Action): ClearCheck | Outcome {
    return this.#checks.get(actionKey(action)) ?? skipped(action, 'it was not checked right before');
  }

  /**
   * Checks at most ten actions right before they are done: what their images and snapshots are now, and for those
   * that break launches what AWS itself knows of their use.
   * @param actions some of those that it was made for, as the plan has them
   */
  async renew(actions: readonly Action[]): Promise<void> {
    const { policy, options, runId } = this.#request;
    const { ec2 } = options.clients;
    const then = this.#revalidation;
    const broken = actions.filter(breaksLaunches).map(({ imageId }) => imageId);
    // First, since it can take seconds: what is asked of the account itself is the youngest.
    await this.#others.renew(broken);
    this.#startedAt = options.clock().getTime();
    const called = this.#called.filter(({ planned }) => actions.includes(planned));
    const now = await readCurrentState(
      ec2,
      called.map(({ fresh }) => fresh),
    );
    const revalidation = 'error' in now.images ? then : { ...then, images: now.images };
    const checks = called.map(({ planned, fresh: read }): ClearCheck | Outcome => {
      const fresh = withCurrentSnapshots(then, planned, read, now);
      return currentObjection(then, read, now, runId) ?? { status: 'clear', planned, fresh, revalidation };
    });
    const breaking = checks.flatMap((one) =>
      one.status === 'clear' && breaksLaunches(one.fresh) ? one.fresh.imageId : [],
    );
    const opinions = await askSecondOpinion(ec2, breaking, policy.references.launchTemplateVersions);
    // All at once: nothing is clear before AWS was asked about it.
    for (const check of checks)
      this.#checks.set(
        actionKey('planned' in check ? check.planned : check),
        this.#withOthers(withOpinion(check, opinions)),
      );
  }

  #withOthers(check: ClearCheck | Outcome): ClearCheck | Outcome {
    if (check.status !== 'clear' || !breaksLaunches(check.fresh)) return check;
    const objection = this.#others.objection(check.fresh.imageId);
    return objection === undefined ? check : skipped(check.planned, objection);
  }
}

function withOpinion(check: ClearCheck | Outcome, opinions: ReadonlyMap<string, SecondOpinion>): ClearCheck | Outcome {
  if (check.status !== 'clear' || !breaksLaunches(check.fresh)) return check;
  const opinion = opinions.get(check.fresh.imageId) ?? { opinion: 'unknown', error: 'it was not asked' };
  switch (opinion.opinion) {
    case 'unreferenced':
      return { ...check, ...(opinion.note && { note: opinion.note }) };
    case 'referenced': {
      const by = opinion.by.join('; ');
      return skipped(
        check.planned,
        `AWS names a use of it that was not found otherwise (DescribeImageReferences): ${by}`,
        true,
      );
    }
    case 'unknown':
      return skipped(
        check.planned,
        `AWS's own second opinion could not be had (DescribeImageReferences): ${opinion.error}`,
        true,
      );
  }
}

/** What deregistering an image takes, and what becomes of its snapshots. */
export function deregistration(
  { planned, revalidation, note }: ClearCheck,
  fresh: ActionOf<'deregister'>,
): Deregistration {
  const { imageId } = fresh;
  const inPlan = new Set(snapshotsOf(planned));
  const ofImage = new Set([...fresh.deleteSnapshots, ...fresh.keepSnapshots]);
  const deleteSnapshots = fresh.deleteSnapshots.filter((id) => inPlan.has(id));
  const held = revalidation.plan.snapshots
    .filter((one) => one.imageId === imageId && one.decision === 'keep' && ofImage.has(one.snapshotId))
    .filter(({ reasons }) => reasons.every(({ code }) => SNAPSHOT_REASONS[code].class === 'hold-for-now'))
    .map(({ snapshotId }) => snapshotId);
  return {
    imageId,
    deleteSnapshots,
    claimSnapshots: [...fresh.deleteSnapshots.filter((id) => !inPlan.has(id)), ...held],
    markKept: fresh.markKept ?? [],
    takesAll: deleteSnapshots.length === ofImage.size,
    isDisabled: revalidation.images.get(imageId)?.state === 'disabled',
    freesFastLaunch: fresh.freesFastLaunch === true,
    ...(note && { note }),
  };
}
