import { aPolicy, type StoryAccount } from './account.ts';
import { COMPUTE_KINDS } from './every-compute-kind.ts';
import { GROUP_KINDS } from './every-group-kind.ts';
import { OTHER_KINDS } from './every-other-kind.ts';
import { EVERY_NAME, TEXT_KINDS } from './every-text-kind.ts';

/** A way in which something names an image: adds it to an account, and tells how the reference should read. */
export type AddReference = (account: StoryAccount, imageId: string) => string;

/** One of each way in which an image can be named. */
export const EVERY_KIND: Readonly<Record<string, AddReference>> = {
  ...GROUP_KINDS,
  ...COMPUTE_KINDS,
  ...OTHER_KINDS,
  ...TEXT_KINDS,
};

/** The policy under which each of them counts. */
export const POLICY_OF_EVERY_KIND = aPolicy({
  references: {
    ssmParameters: [{ name: '/text/*', mayBeEmpty: true }],
    documents: [{ path: 's3://runbooks/recovery/', mayBeEmpty: true }],
    byName: EVERY_NAME,
  },
});
