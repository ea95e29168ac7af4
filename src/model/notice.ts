import type { ImageId } from './ids.ts';

/** What the owner of one image is to hear before something happens to it. */
export interface Notice {
  readonly imageId: ImageId;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  /** The value of its owner tag: anyone's text. */
  readonly owner?: string;
  /** Whether it is to be deprecated in the next run, or is deprecated already. */
  readonly deprecated: boolean;
  readonly disableAt?: Date;
  /** Not before then, and not before the time of notice is over. */
  readonly deregisterAt?: Date;
  /** Its owner was notified before, and it goes soon. */
  readonly isReminder: boolean;
  /** Why it is to go, in a sentence. */
  readonly why: string;
}

/** What the owner of one image is to hear after something happened to it. */
export interface ActionNotice {
  readonly imageId: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly owner?: string;
  /** What was done, or what came back, in a sentence. */
  readonly sentence: string;
  /** Where the records of the run lie that did it, so that it is reported once; absent where nobody marks that. */
  readonly auditKey?: string;
}

/** An image that something names while Amazon Inspector found the worst in it: its owner should replace it. */
export interface CriticalImage {
  readonly imageId: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly owner?: string;
  /** Whether there is a fix, and since when, in a few words. */
  readonly fix: string;
}
