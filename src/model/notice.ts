import type { ImageId } from './ids.ts';

/** What people hear of an image, whatever it is about. */
interface AboutImage {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** The value of its owner tag: anyone's text. */
  readonly owner?: string;
}

/** What the owner of one image is to hear before something happens to it. */
export interface Notice extends AboutImage {
  readonly imageId: ImageId;
  /** The group that it is counted in, else its rule. */
  readonly family?: string;
  /** What its deregistration saves a month at the most, in US dollars; absent where its snapshots stay. */
  readonly monthlyCostUpTo?: number;
  /** Whether it is to be deprecated in the next run, or is deprecated already. */
  readonly deprecated: boolean;
  /** Not in the next run, but not before then: its deprecation blocks launches elsewhere. */
  readonly deprecateAt?: Date;
  readonly disableAt?: Date;
  readonly archiveAt?: Date;
  /** Not before then, and not before the time of notice is over. */
  readonly deregisterAt?: Date;
  /** Its owner was notified before, and it goes soon. */
  readonly isReminder: boolean;
  /** Why it is to go, in a sentence. */
  readonly why: string;
}

/** What the owner of one image is to hear after something happened to it. */
export interface ActionNotice extends AboutImage {
  readonly imageId: string;
  readonly family?: string;
  /** What was done, or what came back, in a sentence. */
  readonly sentence: string;
  /** What to do to have it back; absent where it is back, or nothing brings it back. */
  readonly undo?: 'restore' | 'keep';
  /** The run that did it, by which `restore` finds it. */
  readonly runId?: string;
  /** Where the records of the run lie that did it, so that it is reported once; absent where nobody marks that. */
  readonly auditKey?: string;
}

/** An image that something names while Amazon Inspector found the worst in it: its owner should replace it. */
export interface CriticalImage extends AboutImage {
  readonly imageId: string;
  /** Whether there is a fix, and since when, in a few words. */
  readonly fix: string;
}
