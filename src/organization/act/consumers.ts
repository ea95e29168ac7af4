import type { EC2Client } from '@aws-sdk/client-ec2';
import pLimit from 'p-limit';
import type { OtherAccounts } from '../../execute/enforcement.ts';
import type { Account } from '../../model/account.ts';
import type { ImageId } from '../../model/ids.ts';
import { askSecondOpinion, type SecondOpinion } from '../../references/second-opinion.ts';
import type { TargetContext } from '../run.ts';
import { memberEc2 } from '../targets/member.ts';

/** Each waits for an answer of some tenths of a second; an organization of 1,000 accounts is asked in ten seconds. */
const ACCOUNTS_AT_A_TIME = 40;

/**
 * Asks `DescribeImageReferences` in every target that may launch an image at this moment. Only who is shared an image can
 * begin to use it; who used it before is in the join.
 */
export function consumersOpinion(context: TargetContext): OtherAccounts['askSecondOpinion'] {
  const { run, target } = context;
  const opened = new Map<string, EC2Client>();
  const clientOf = (accountId: string): EC2Client => {
    const ec2 = opened.get(accountId) ?? memberEc2(context, accountId, target.region);
    opened.set(accountId, ec2);
    return ec2;
  };
  return async (account, imageIds) => {
    const opinions = new Map<ImageId, SecondOpinion>();
    const asked = new Map<string, ImageId[]>();
    for (const imageId of imageIds) {
      const consumers = consumersOf(account, imageId);
      const unknown = { opinion: 'unknown', error: 'whom it is shared with is not known' } as const;
      opinions.set(imageId, consumers === undefined ? unknown : { opinion: 'unreferenced' });
      for (const accountId of consumers ?? []) asked.set(accountId, [...(asked.get(accountId) ?? []), imageId]);
    }
    await pLimit(ACCOUNTS_AT_A_TIME).map([...asked], async ([accountId, ids]) => {
      const answers = await askSecondOpinion(clientOf(accountId), ids, run.policy.references.launchTemplateVersions);
      for (const [imageId, answer] of answers)
        opinions.set(imageId, worse(opinions.get(imageId), inAccount(accountId, answer)));
    });
    return opinions;
  };
}

/** The targets that may launch an image now; nothing where that is not known. Nobody launches a disabled one. */
function consumersOf({ images, sharing, target, crossAccountUsage }: Account, imageId: ImageId): string[] | undefined {
  const reading = sharing.get(imageId);
  if (reading?.status !== 'read' || crossAccountUsage === undefined) return undefined;
  if (images.find((image) => image.imageId === imageId)?.state === 'disabled') return [];
  // Who belongs to an organization or a unit is not looked up: every target may.
  const named = new Set(reading.accounts);
  const isAny = reading.organizations.length > 0 || reading.isPublic;
  return [...crossAccountUsage.read].filter(
    (accountId) => accountId !== target.accountId && (isAny || named.has(accountId)),
  );
}

function inAccount(accountId: string, opinion: SecondOpinion): SecondOpinion {
  return opinion.opinion === 'unknown' ? { ...opinion, error: `account ${accountId}: ${opinion.error}` } : opinion;
}

/** A use says most, then that somebody could not be asked. */
function worse(known: SecondOpinion | undefined, other: SecondOpinion): SecondOpinion {
  if (known === undefined || known.opinion === 'unreferenced') return other;
  return known.opinion === 'unknown' && other.opinion === 'referenced' ? other : known;
}
