import type { ImageId } from './ids.ts';

/** How often an account uses an image, as an AMI usage report counts it. */
export interface AccountUse {
  readonly accountId: string;
  /** AWS's own words: `ec2:Instance`, `ec2:LaunchTemplate`. */
  readonly resourceType: string;
  readonly count: number;
}

/** What AWS's own report on the use of an image in other accounts says, or why there is none to go by. */
export type UsageReading =
  | {
      readonly status: 'available';
      readonly reportId: string;
      /** When the report was asked for; it tells of a time before that. */
      readonly createdAt: Date;
      readonly entries: readonly AccountUse[];
    }
  | { readonly status: 'pending'; readonly createdAt: Date }
  | { readonly status: 'none' }
  | { readonly status: 'unreadable'; readonly error: string };

/** What a run over several accounts knows of the others; references found there stand among the account's own. */
export interface CrossAccountUsage {
  /** Accounts that were read completely: what they use is known. */
  readonly read: ReadonlySet<string>;
  /** Accounts that were to be read and were not, or not completely, and why. */
  readonly unread: ReadonlyMap<string, string>;
  /** Read only for images that are otherwise due and shared beyond those accounts; absent: not asked about. */
  readonly usage: ReadonlyMap<ImageId, UsageReading>;
}
