import type { Action } from './plan.ts';

/** How one action ended. Already gone is done. */
export type Outcome =
  | {
      readonly action: Action['action'];
      readonly resourceId: string;
      readonly status: 'done';
      readonly reason?: string;
    }
  | {
      readonly action: Action['action'];
      readonly resourceId: string;
      readonly status: 'skipped' | 'failed';
      readonly reason: string;
    };
