import {
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotAttributeCommand,
  paginateDescribeFastSnapshotRestores,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf } from '../aws/errors.ts';
import { essential, itemsOf, listOf, pages } from '../aws/pages.ts';
import type { Requests } from '../aws/requests.ts';
import type { SnapshotDetails } from '../model/account.ts';
import type { SnapshotId } from '../model/ids.ts';
import { type Readings, readEach } from './read-each.ts';

/**
 * Locks, fast restores and sharing of snapshots that could be deleted. Locks and fast restores are few in any
 * account and are listed whole; sharing takes a call a snapshot. What can't be read makes the snapshot stay.
 */
export async function readSnapshotDetails(
  clients: Clients,
  requests: Requests,
  snapshotIds: readonly SnapshotId[],
): Promise<Readings<SnapshotId, SnapshotDetails>> {
  if (snapshotIds.length === 0) return { readings: new Map(), gone: new Set() };
  const lists = await Promise.all([readLocked(clients, requests), readFastRestores(clients, requests)]).catch(
    (error: unknown) => failureOf(error).sentence,
  );
  return readEach(requests, snapshotIds, async (snapshotId): Promise<SnapshotDetails> => {
    if (typeof lists === 'string') return { status: 'unreadable', error: lists };
    const [locked, fastRestores] = lists;
    const sharedWith = await readSharedWith(clients, requests, snapshotId);
    const fastRestoreZones = fastRestores.get(snapshotId) ?? [];
    return { status: 'read', locked: locked.has(snapshotId), sharedWith, fastRestoreZones };
  });
}

async function readLocked(clients: Clients, requests: Requests): Promise<Set<string>> {
  const locked = new Set<string>();
  const answers = pages((NextToken) =>
    requests.send(() => clients.ec2.send(new DescribeLockedSnapshotsCommand({ MaxResults: 1000, NextToken }))),
  );
  for await (const page of answers) {
    for (const { SnapshotId, LockState } of listOf(page.Snapshots, 'Snapshots')) {
      const snapshotId = essential(SnapshotId, 'SnapshotId of a lock');
      if (LockState !== 'expired') locked.add(snapshotId);
    }
  }
  return locked;
}

const RESTORE_OFF = new Set<string>(['disabling', 'disabled']);

async function readFastRestores(clients: Clients, requests: Requests): Promise<Map<string, string[]>> {
  const zones = new Map<string, string[]>();
  const restores = paginateDescribeFastSnapshotRestores({ client: clients.ec2 }, { MaxResults: 200 });
  for await (const restore of itemsOf(restores, 'FastSnapshotRestores', requests)) {
    const { AvailabilityZone = 'unknown zone', State = '' } = restore;
    const snapshotId = essential(restore.SnapshotId, 'SnapshotId of a fast restore');
    if (!RESTORE_OFF.has(State)) zones.set(snapshotId, [...(zones.get(snapshotId) ?? []), AvailabilityZone]);
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
  return permissions.map(({ Group, UserId }) => Group ?? UserId ?? 'an unknown kind of permission');
}
