import type { Account } from '../model/account.ts';
import type { ImageId } from '../model/ids.ts';
import type { Action } from '../model/plan.ts';
import type { SecondOpinion } from '../references/second-opinion.ts';
import type { ExecuteRequest } from './enforcement.ts';

type Options = ExecuteRequest['options'];

/** Whether what other accounts use counts for an action: it takes away what they may need. */
function needsOthers({ action }: Action): boolean {
  return action === 'disable' || action === 'deregister' || action === 'delete-snapshot';
}

/** Why an action waits until other accounts were read anew; nothing where it need not. */
export function whyTooOld({ others, clock }: Pick<Options, 'others' | 'clock'>, action: Action): string | undefined {
  if (others === undefined || !needsOthers(action) || clock() <= others.until) return undefined;
  return `other accounts were read at ${others.readAt.toISOString()}, which counted until ${others.until.toISOString()}; it waits until they are read again`;
}

/** Others' answers count for ten seconds, or five times as long as asking took, a minute at the most. */
const SHORTEST_MILLISECONDS = 10_000;
const LONGEST_MILLISECONDS = 60_000;
const TIMES_AS_LONG = 5;

/** What AWS says right before an act of those other accounts that may launch an image. */
export class OthersOpinions {
  readonly #options: Options;
  readonly #account: Account | undefined;
  readonly #answers = new Map<ImageId, { readonly opinion: SecondOpinion; readonly until: number }>();

  /** @param account with whom its images are shared */
  constructor(options: Options, account: Account | undefined) {
    this.#options = options;
    this.#account = account;
  }

  /** Asks about some images where nobody was asked yet, or too long ago. */
  async renew(imageIds: readonly ImageId[]): Promise<void> {
    const { others, clock } = this.#options;
    if (others === undefined || this.#account === undefined) return;
    const startedAt = clock().getTime();
    if (imageIds.every((imageId) => startedAt <= (this.#answers.get(imageId)?.until ?? 0))) return;
    const opinions = await others.askSecondOpinion(this.#account, imageIds);
    const endedAt = clock().getTime();
    const valid = Math.max(SHORTEST_MILLISECONDS, TIMES_AS_LONG * (endedAt - startedAt));
    const until = endedAt + Math.min(LONGEST_MILLISECONDS, valid);
    for (const [imageId, opinion] of opinions) this.#answers.set(imageId, { opinion, until });
  }

  /** What others' answers have against taking an image away. */
  objection(imageId: ImageId): string | undefined {
    if (this.#options.others === undefined) return undefined;
    const opinion = this.#answers.get(imageId)?.opinion;
    if (opinion?.opinion === 'unreferenced') return undefined;
    return opinion?.opinion === 'referenced'
      ? `another account began to use it: ${opinion.by.join('; ')}`
      : `not every account that may launch it could be asked whether it does: ${opinion?.error ?? 'it was not asked'}`;
  }
}
