import {
  DescribeImageAttributeCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotAttributeCommand,
  type LaunchPermission,
  paginateDescribeFastSnapshotRestores,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import { failureOf, isServersOwn } from '../aws/errors.ts';
import { essential, itemsOf, listOf, pages, type Requests } from '../aws/requests.ts';
import type { Sharing, SnapshotDetails } from '../model/account.ts';
import type { ImageId, SnapshotId } from '../model/ids.ts';
import type { Unreadable } from '../model/reference.ts';

/** Whose sharing is asked about. */
export interface SharingQuestion {
  readonly imageIds: readonly ImageId[];
  /** Those among them that are disabled. */
  readonly disabled: ReadonlySet<ImageId>;
  /** The images' owner, whose own entry in the permissions shares nothing. */
  readonly accountId: string;
}

/** With whom each of these images is shared; one call an image. */
export function readSharing(
  clients: Clients,
  requests: Requests,
  { imageIds, disabled, accountId }: SharingQuestion,
): Promise<Readings<ImageId, Sharing>> {
  const ask = async (ImageId: ImageId) =>
    clients.ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute: 'launchPermission' }));
  return readEach(requests, imageIds, async (imageId) => {
    const answer = await requests
      .send(() => ask(imageId))
      .catch((error: unknown) => {
        // Disabling takes all permissions away, and whether EC2 answers for such an image is unconfirmed.
        const isRefused = failureOf(error).kind === 'other' && !isServersOwn(error);
        if (isRefused && disabled.has(imageId)) return { LaunchPermissions: [] };
        throw error;
      });
    return sharingOf(listOf(answer.LaunchPermissions, 'LaunchPermissions'), accountId);
  });
}

function sharingOf(permissions: readonly LaunchPermission[], accountId: string): Sharing {
  return {
    status: 'read',
    accounts: permissions.flatMap(({ UserId }) => (UserId === undefined || UserId === accountId ? [] : UserId)),
    organizations: permissions.flatMap(beyondAccounts),
    isPublic: permissions.some(({ Group }) => Group === 'all'),
  };
}

/** Organizations and units; a permission of a kind that is new to this code is a share all the same. */
function beyondAccounts({ UserId, Group, OrganizationArn, OrganizationalUnitArn }: LaunchPermission): string[] {
  const named = OrganizationArn ?? OrganizationalUnitArn;
  if (named !== undefined) return [named];
  if (UserId !== undefined || Group === 'all') return [];
  return [Group === undefined ? 'an unknown kind of launch permission' : `the group ${Group}`];
}

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

/** What was read of some things, and which of them are gone since they were listed. */
export interface Readings<Id, Reading> {
  readonly readings: ReadonlyMap<Id, Reading>;
  readonly gone: ReadonlySet<Id>;
}

/** Reads things one by one, for which EC2 has no other way to ask. What can't be read is said for that one and hides no other. */
export async function readEach<Id, Reading>(
  requests: Requests,
  ids: readonly Id[],
  read: (id: Id) => Promise<Reading>,
): Promise<Readings<Id, Reading | Unreadable>> {
  const gone = new Set<Id>();
  const answers = await requests.sendAll(ids, async (id): Promise<[Id, Reading | Unreadable]> => {
    try {
      return [id, await read(id)];
    } catch (error) {
      const { kind, sentence } = failureOf(error);
      if (kind === 'not-found') gone.add(id);
      return [id, { status: 'unreadable', error: sentence }];
    }
  });
  return { readings: new Map(answers.filter(([id]) => !gone.has(id))), gone };
}
