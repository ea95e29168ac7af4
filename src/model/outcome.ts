import { ACTIONS } from './plan.ts';

/** What was done: an action of a plan, or giving up the right to launch another account's image. */
export const OUTCOME_ACTIONS = [...ACTIONS, 'cancel-launch-permission'] as const;

interface OutcomeFacts {
  readonly action: (typeof OUTCOME_ACTIONS)[number];
  readonly resourceId: string;
  /** AWS's id of the request that did it, for an audit. */
  readonly requestId?: string;
  /** Across accounts: when the first of the readings of other accounts was made that it rests on. */
  readonly othersReadAt?: Date;
}

/** How one action ended. Already gone is done. */
export type Outcome =
  | (OutcomeFacts & {
      readonly status: 'done';
      readonly reason?: string;
      /** Somebody else had removed it before: there was nothing left to do. */
      readonly alreadyGone?: true;
      /** Of what was removed: until when the Recycle Bin holds it; null where it was looked for and is not there. */
      readonly recoverableUntil?: Date | null;
    })
  | (OutcomeFacts & {
      readonly status: 'skipped' | 'failed';
      readonly reason: string;
      /** AWS, or its second opinion, said no to this action as such: it is remembered, and tried again more and more rarely. */
      readonly refused?: boolean;
    });
