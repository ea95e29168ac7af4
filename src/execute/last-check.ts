import { actionKey } from '../model/action-ref.ts';
import { isImageId } from '../model/ids.ts';
import type { Action } from '../model/plan.ts';
import { askSecondOpinion, type SecondOpinion } from '../references/second-opinion.ts';
import { currentObjection, readCurrentState, withCurrentSnapshots } from './current-state.ts';
import type { ExecuteRequest } from './enforcement.ts';
import type { Revalidation } from './revalidate.ts';

/** What was found out of one action right before it. */
export type Check =
  | {
      readonly status: 'clear';
      /** The action as its revalidation has it, less the snapshots that changed since. */
      readonly fresh: Action;
      /** The revalidation, with the image as it is now. */
      readonly revalidation: Revalidation;
      /** What is to be said of it beside that it was done. */
      readonly note?: string;
    }
  | { readonly status: 'gone' }
  /** `refused`: not for now, and not for anything that a reading would show either. */
  | { readonly status: 'objection'; readonly reason: string; readonly refused?: boolean };

/** Actions that break launches: AWS's own opinion is asked before them. */
const BREAKS_LAUNCHES: ReadonlySet<Action['action']> = new Set(['disable', 'deregister']);

/** The latest check of each action of a chunk, and how old it is. */
export class LastChecks {
  readonly #request: ExecuteRequest;
  readonly #revalidation: Revalidation;
  readonly #checks = new Map<string, Check>();
  #startedAt = Number.NEGATIVE_INFINITY;

  constructor(request: ExecuteRequest, revalidation: Revalidation) {
    this.#request = request;
    this.#revalidation = revalidation;
  }

  /** Since the first request of the latest check; what changed after that was perhaps not seen. */
  ageMilliseconds(): number {
    return this.#request.options.clock().getTime() - this.#startedAt;
  }

  of(action: Action): Check {
    return this.#checks.get(actionKey(action)) ?? { status: 'objection', reason: 'it was not checked right before' };
  }

  /**
   * Checks at most ten actions right before they are done: what their images and snapshots are now, and for those
   * that break launches what AWS itself knows of their use.
   * @param actions ones that the revalidation calls for
   */
  async renew(actions: readonly Action[]): Promise<void> {
    const { policy, options } = this.#request;
    const { ec2 } = options.clients;
    const revalidation = this.#revalidation;
    this.#startedAt = options.clock().getTime();
    const called = actions.flatMap((action) => revalidation.called.get(actionKey(action)) ?? []);
    const current = await readCurrentState(ec2, called);
    const { images } = current;
    const now = 'error' in images ? revalidation : { ...revalidation, images };
    const checks = new Map<string, Check>();
    const breaking: Action[] = [];
    for (const action of called) {
      const objection = currentObjection(revalidation, action, current);
      const fresh = withCurrentSnapshots(revalidation, action, current);
      if (objection === undefined && BREAKS_LAUNCHES.has(action.action)) breaking.push(action);
      else checks.set(actionKey(action), checkOf(objection) ?? { status: 'clear', fresh, revalidation: now });
    }
    const asked = breaking.map(({ imageId }) => imageId).filter(isImageId);
    const opinions = await askSecondOpinion(ec2, asked, policy.references.launchTemplateVersions);
    for (const action of breaking) {
      const opinion = isImageId(action.imageId) ? opinions.get(action.imageId) : undefined;
      const fresh = withCurrentSnapshots(revalidation, action, current);
      const check: Check =
        opinion?.opinion === 'unreferenced'
          ? { status: 'clear', fresh, revalidation: now, ...(opinion.note && { note: opinion.note }) }
          : { status: 'objection', reason: reasonOf(opinion), refused: true };
      checks.set(actionKey(action), check);
    }
    // All at once: nothing is clear before AWS was asked about it.
    for (const [key, check] of checks) this.#checks.set(key, check);
  }
}

function checkOf(objection: ReturnType<typeof currentObjection>): Check | undefined {
  if (objection === undefined) return undefined;
  return objection === 'gone' ? { status: 'gone' } : { status: 'objection', ...objection };
}

function reasonOf(opinion: Exclude<SecondOpinion, { opinion: 'unreferenced' }> | undefined): string {
  if (opinion?.opinion === 'referenced') {
    return `AWS names a use of it that was not found otherwise (DescribeImageReferences): ${opinion.by.join('; ')}`;
  }
  return `AWS's own second opinion could not be had (DescribeImageReferences): ${opinion?.error ?? 'it was not asked'}`;
}
