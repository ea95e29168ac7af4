import {
  DescribeFastSnapshotRestoresCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotAttributeCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { SnapshotDetails } from '../model/account.ts';
import type { SnapshotId } from '../model/ids.ts';

/**
 * Locks, fast restores and sharing of snapshots that could be deleted. Locks and fast restores are few in any
 * account and are listed whole; sharing takes a call a snapshot. What can't be read makes the snapshot stay.
 */
export async function readSnapshotDetails(
  clients: Clients,
  requests: Requests,
  snapshotIds: readonly SnapshotId[],
): Promise<Map<SnapshotId, SnapshotDetails>> {
  if (snapshotIds.length === 0) return new Map();
  const lists = await Promise.all([readLocked(clients, requests), readFastRestores(clients, requests)]).catch(
    (error: unknown) => failureOf(error).sentence,
  );
  const read = async (snapshotId: SnapshotId): Promise<[SnapshotId, SnapshotDetails]> => {
    if (typeof lists === 'string') return [snapshotId, { status: 'unreadable', error: lists }];
    const [locked, fastRestores] = lists;
    try {
      const sharedWith = await readSharedWith(clients, requests, snapshotId);
      const fastRestoreZones = fastRestores.get(snapshotId) ?? [];
      return [snapshotId, { status: 'read', locked: locked.has(snapshotId), sharedWith, fastRestoreZones }];
    } catch (error) {
      return [snapshotId, { status: 'unreadable', error: failureOf(error).sentence }];
    }
  };
  return new Map(await requests.sendAll(snapshotIds, read));
}

async function readLocked(clients: Clients, requests: Requests): Promise<Set<string>> {
  const locked = new Set<string>();
  const answers = pages(
    (NextToken) =>
      requests.send(() => clients.ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: 1000, NextToken }))),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const { SnapshotId, LockState } of listOf(page.Snapshots, 'Snapshots')) {
      if (SnapshotId !== undefined && LockState !== 'expired') locked.add(SnapshotId);
    }
  }
  return locked;
}

const RESTORE_OFF = new Set<string>(['disabling', 'disabled']);

async function readFastRestores(clients: Clients, requests: Requests): Promise<Map<string, string[]>> {
  const zones = new Map<string, string[]>();
  const answers = pages(
    (NextToken) =>
      requests.send(() => clients.ec2.send(new DescribeFastSnapshotRestoresCommand({ MaxResults: 200, NextToken }))),
    (page) => page.NextToken,
  );
  for await (const page of answers) {
    for (const restore of listOf(page.FastSnapshotRestores, 'FastSnapshotRestores')) {
      const { SnapshotId = '', AvailabilityZone = 'unknown zone', State = '' } = restore;
      if (!RESTORE_OFF.has(State)) zones.set(SnapshotId, [...(zones.get(SnapshotId) ?? []), AvailabilityZone]);
    }
  }
  return zones;
}

async function readSharedWith(clients: Clients, requests: Requests, snapshotId: SnapshotId): Promise<string[]> {
  const answer = await requests.send(() =>
    clients.ec2.send(
      new DescribeSnapshotAttributeCommand({ SnapshotId: snapshotId, Attribute: 'createVolumePermission' }),
    ),
  );
  const permissions = listOf(answer.CreateVolumePermissions, 'CreateVolumePermissions');
  return permissions.flatMap(({ Group, UserId }) => Group ?? UserId ?? []);
}
