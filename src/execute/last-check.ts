import { actionKey } from '../model/action-ref.ts';
import { isImageId } from '../model/ids.ts';
import type { Action } from '../model/plan.ts';
import { askSecondOpinion, type SecondOpinion } from '../references/second-opinion.ts';
import type { ExecuteContext } from './context.ts';
import { type Present, presentObjection, readPresent, withPresentSnapshots } from './present.ts';
import type { Revalidation } from './revalidate.ts';

/** What was found out of one action right before it. */
export type Checked =
  | {
      readonly status: 'clear';
      /** The action as the look has it, less the snapshots that changed since. */
      readonly fresh: Action;
      /** The look, with the image as it is now. */
      readonly revalidation: Revalidation;
      /** What is to be said of it beside that it was done. */
      readonly note?: string;
    }
  | { readonly status: 'gone' }
  /** `refused`: not for now, and not for anything that a look would show either. */
  | { readonly status: 'objection'; readonly reason: string; readonly refused: boolean };

/** Actions that break launches: AWS's own opinion is asked before them. */
const BREAKS_LAUNCHES: ReadonlySet<Action['action']> = new Set(['disable', 'deregister']);

/** The latest check of each action of a chunk, and how old it is. */
export class LastChecks {
  readonly #context: ExecuteContext;
  readonly #look: Revalidation;
  readonly #checked = new Map<string, Checked>();
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(context: ExecuteContext, revalidation: Revalidation) {
    this.#context = context;
    this.#look = revalidation;
  }

  /** Since the first request of the latest check; what changed after that was perhaps not seen. */
  ageMilliseconds(): number {
    return this.#context.request.options.clock().getTime() - this.#askedAt;
  }

  /** Checks these anew. */
  async renew(actions: readonly Action[]): Promise<void> {
    this.#askedAt = this.#context.request.options.clock().getTime();
    for (const [key, checked] of await checkLast(this.#context, this.#look, actions)) this.#checked.set(key, checked);
  }

  of(action: Action): Checked {
    const checked = this.#checked.get(actionKey(action));
    return checked ?? { status: 'objection', reason: 'it was not checked right before', refused: false };
  }
}

/**
 * Checks at most ten actions right before they are done: what their images and snapshots are now, and for those that
 * break launches what AWS itself knows of their use.
 * @param actions ones that the look calls for
 */
async function checkLast(
  { request }: ExecuteContext,
  revalidation: Revalidation,
  actions: readonly Action[],
): Promise<Map<string, Checked>> {
  const { ec2 } = request.options.clients;
  const fresh = actions.flatMap((action) => revalidation.called.get(actionKey(action)) ?? []);
  const present = await readPresent(ec2, fresh);
  const objections = new Map(
    fresh.map((action) => [actionKey(action), presentObjection(revalidation, action, present)]),
  );
  const asked = fresh
    .filter((action) => BREAKS_LAUNCHES.has(action.action) && objections.get(actionKey(action)) === undefined)
    .flatMap((action) => ('snapshotId' in action ? [] : action.imageId))
    .filter(isImageId);
  const opinions = await askSecondOpinion(ec2, asked, request.policy.references.launchTemplateVersions);
  const now = withPresentImages(revalidation, present);
  return new Map(
    fresh.map((action): [string, Checked] => {
      const objection = objections.get(actionKey(action));
      if (objection?.kind === 'gone') return [actionKey(action), { status: 'gone' }];
      if (objection !== undefined)
        return [actionKey(action), { status: 'objection', reason: objection.reason, refused: false }];
      const clear = {
        status: 'clear',
        fresh: withPresentSnapshots(revalidation, action, present),
        revalidation: now,
      } as const;
      if ('snapshotId' in action || !BREAKS_LAUNCHES.has(action.action)) return [actionKey(action), clear];
      const opinion = opinions.get(action.imageId);
      if (opinion?.opinion !== 'unreferenced')
        return [actionKey(action), { status: 'objection', reason: reasonOf(opinion), refused: true }];
      return [actionKey(action), { ...clear, ...(opinion.note && { note: opinion.note }) }];
    }),
  );
}

function withPresentImages(revalidation: Revalidation, { images }: Present): Revalidation {
  return 'error' in images ? revalidation : { ...revalidation, images };
}

function reasonOf(opinion: Exclude<SecondOpinion, { opinion: 'unreferenced' }> | undefined): string {
  if (opinion?.opinion === 'referenced') {
    return `AWS names a use of it that was not found otherwise (DescribeImageReferences): ${opinion.by.join('; ')}`;
  }
  return `AWS's own second opinion could not be had (DescribeImageReferences): ${opinion?.error ?? 'it was not asked'}`;
}
