import type { Account } from '../../src/model/account.ts';
import type { SnapshotDecision } from '../../src/model/decision.ts';
import type { Policy } from '../../src/model/policy.ts';
import { decideSnapshots } from '../../src/plan/snapshots.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { AT, anImage, imageId } from './account.ts';
import { oneRule } from './policy.ts';

/** Deregisters after thirty days; whether snapshots go with it is still to be said. */
export const RULE = 'keep: { youngerThan: 60d }, deprecate: {}, deregister: { after: 30d }';

const DELETE = oneRule(`${RULE}, snapshots: delete`, 'orphanSnapshots: { deleteAfter: 30d }');

/** An image whose time to go has come. */
export const going = (over: Parameters<typeof anImage>[0] = {}) => anImage({ deprecatedDaysAgo: 40, ...over });

/** An image that is gone, and what EC2 writes on its snapshots. */
export const GONE = imageId(99);

export const CREATED = `Created by CreateImage(i-0123456789abcdef0) for ${GONE}`;

export function decideAll(account: Account, policy: Policy = DELETE): SnapshotDecision[] {
  return decideSnapshots(account, decideImages(account, policy, AT), policy, AT);
}

export function decideOne(account: Account, policy?: Policy): Pick<SnapshotDecision, 'decision' | 'reasons'> {
  const [first] = decideAll(account, policy);
  if (!first) throw new Error('there is no snapshot');
  return { decision: first.decision, reasons: first.reasons };
}

export const kept = (...reasons: object[]) => ({ decision: 'keep', reasons });

export const deleted = (...reasons: object[]) => ({ decision: 'delete', reasons });
