import {
  type Image,
  ListImagesInRecycleBin$,
  type ListImagesInRecycleBinRequest,
  type ListImagesInRecycleBinResult,
  ListSnapshotsInRecycleBin$,
  type ListSnapshotsInRecycleBinRequest,
  type ListSnapshotsInRecycleBinResult,
  RestoreImageFromRecycleBin$,
  type RestoreImageFromRecycleBinRequest,
  type RestoreImageFromRecycleBinResult,
  RestoreSnapshotFromRecycleBin$,
  type RestoreSnapshotFromRecycleBinRequest,
  type RestoreSnapshotFromRecycleBinResult,
  type Tag,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { snapshotIdsOf } from '../image-map.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import { isActive } from '../recycle-bin/rules.ts';
import type { AccountState, Binned, RetentionRule } from '../state.ts';
import { checkId, type IdKind, IMAGE_ID, mustFind, pageSize, SNAPSHOT_ID } from './parameters.ts';

const DAY_MILLISECONDS = 86_400_000;
const IDS_A_CALL = 20;

function covers(rule: RetentionRule, tags: readonly Tag[]): boolean {
  const has = (wanted: Tag, value: string | undefined) =>
    tags.some((tag) => tag.Key === wanted.Key && (value === undefined || tag.Value === value));
  if (rule.tags !== undefined && rule.tags.length > 0) {
    return rule.tags.some((wanted) => has(wanted, wanted.Value ?? ''));
  }
  return rule.excludeTags?.some((excluded) => has(excluded, excluded.Value)) !== true;
}

/** What the bin takes in where a rule covers it; the longest retention counts. */
export function binned<Resource extends { readonly Tags?: Tag[] | undefined }>(
  kind: RetentionRule['resource'],
  resource: Resource,
  state: AccountState,
  now: Date,
): Binned<Resource> | undefined {
  const days = state.recycleBin.rules
    .filter((rule) => rule.resource === kind && isActive(rule, now) && covers(rule, resource.Tags ?? []))
    .map((rule) => rule.retentionDays);
  if (days.length === 0) return undefined;
  return { resource, enteredAt: now, exitsAt: new Date(now.getTime() + Math.max(...days) * DAY_MILLISECONDS) };
}

/** What still lies there, or of that what ids name; an id that is not there names nothing. */
function lying<Resource>(
  bin: ReadonlyMap<string, Binned<Resource>>,
  ids: readonly string[] | undefined,
  kind: IdKind,
  now: Date,
): Binned<Resource>[] {
  if (ids !== undefined && ids.length > IDS_A_CALL)
    throw new ServiceError('InvalidParameterValue', `At most ${IDS_A_CALL} IDs can be specified.`);
  const entries =
    ids === undefined || ids.length === 0 ? [...bin.values()] : ids.flatMap((id) => bin.get(checkId(id, kind)) ?? []);
  return entries.filter((entry) => entry.exitsAt > now);
}

function listImages(
  input: ListImagesInRecycleBinRequest,
  { state, pages, now }: Context,
): ListImagesInRecycleBinResult {
  const size = pageSize(input.MaxResults, { min: 1, max: 1000, default: 1000 });
  const entries = lying(state.recycleBin.images, input.ImageIds, IMAGE_ID, now);
  const page = pages.take(entries, (entry) => entry.resource.ImageId, { token: input.NextToken, size });
  const Images = page.items.map(({ resource, enteredAt, exitsAt }) => ({
    ImageId: resource.ImageId,
    Name: resource.Name,
    Description: resource.Description,
    RecycleBinEnterTime: enteredAt,
    RecycleBinExitTime: exitsAt,
  }));
  return { Images, NextToken: page.nextToken };
}

function listSnapshots(
  input: ListSnapshotsInRecycleBinRequest,
  { state, pages, now }: Context,
): ListSnapshotsInRecycleBinResult {
  const size = pageSize(input.MaxResults, { min: 5, max: 1000, default: 1000 });
  const entries = lying(state.recycleBin.snapshots, input.SnapshotIds, SNAPSHOT_ID, now);
  const page = pages.take(entries, (entry) => entry.resource.SnapshotId, { token: input.NextToken, size });
  const Snapshots = page.items.map(({ resource, enteredAt, exitsAt }) => ({
    SnapshotId: resource.SnapshotId,
    Description: resource.Description,
    VolumeId: resource.VolumeId,
    RecycleBinEnterTime: enteredAt,
    RecycleBinExitTime: exitsAt,
  }));
  return { Snapshots, NextToken: page.nextToken };
}

function mustLie<Resource>(
  bin: ReadonlyMap<string, Binned<Resource>>,
  id: string | undefined,
  kind: IdKind,
  now: Date,
): Resource {
  const entry = mustFind(bin, id, kind);
  if (entry.exitsAt > now) return entry.resource;
  throw new ServiceError(kind.notFound, `The ${kind.noun} '${id}' does not exist`);
}

function missingSnapshot(image: Image, state: AccountState): string | undefined {
  return snapshotIdsOf(image).find((id) => !state.snapshots.has(id));
}

function restoreImage(
  input: RestoreImageFromRecycleBinRequest,
  { state, now }: Context,
): RestoreImageFromRecycleBinResult {
  const image = mustLie(state.recycleBin.images, input.ImageId, IMAGE_ID, now);
  const missing = missingSnapshot(image, state);
  if (missing !== undefined) {
    throw new ServiceError(
      'InvalidSnapshot.NotFound',
      `The image '${input.ImageId}' cannot be restored: the snapshot '${missing}' does not exist.`,
    );
  }
  // An account has each name once, whether an image is registered or comes back.
  if ([...state.images.values()].some(({ Name }) => Name !== undefined && Name === image.Name)) {
    throw new ServiceError(
      'InvalidAMIName.Duplicate',
      `AMI name ${image.Name} is already in use by another AMI of the account.`,
    );
  }
  const ImageId = image.ImageId ?? '';
  state.recycleBin.images.delete(ImageId);
  state.lingering.delete(ImageId);
  state.deregistered.delete(ImageId);
  state.images.set(ImageId, { ...image, Public: false });
  return { Return: true };
}

function restoreSnapshot(
  input: RestoreSnapshotFromRecycleBinRequest,
  { state, now }: Context,
): RestoreSnapshotFromRecycleBinResult {
  const snapshot = mustLie(state.recycleBin.snapshots, input.SnapshotId, SNAPSHOT_ID, now);
  const SnapshotId = snapshot.SnapshotId ?? '';
  state.recycleBin.snapshots.delete(SnapshotId);
  state.snapshots.set(SnapshotId, snapshot);
  const { Description, Encrypted, OwnerId, Progress, StartTime, VolumeId, VolumeSize } = snapshot;
  return {
    SnapshotId,
    Description,
    Encrypted,
    OwnerId,
    Progress,
    StartTime,
    State: 'recovering',
    VolumeId,
    VolumeSize,
  };
}

export const recycleBinOperations: readonly Operation[] = [
  read(ListImagesInRecycleBin$, listImages),
  read(ListSnapshotsInRecycleBin$, listSnapshots),
  write(RestoreImageFromRecycleBin$, restoreImage),
  write(RestoreSnapshotFromRecycleBin$, restoreSnapshot),
];
