import { randomBytes } from 'node:crypto';
import {
  type AvailabilityZone,
  CreateSnapshot$,
  type CreateSnapshotRequest,
  CreateVolume$,
  type CreateVolumeRequest,
  DeleteVolume$,
  type DeleteVolumeRequest,
  DescribeAvailabilityZones$,
  type DescribeAvailabilityZonesRequest,
  type DescribeAvailabilityZonesResult,
  DescribeVolumes$,
  type DescribeVolumesRequest,
  type DescribeVolumesResult,
  type Snapshot,
  type Tag,
  type TagSpecification,
  type Volume,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import { type FilterFields, filtered } from './filters.ts';
import { mustFind, pageSize, selected, VOLUME_ID } from './parameters.ts';

const FIELDS: FilterFields<Volume> = { status: ({ State }) => [State], size: ({ Size }) => [String(Size)] };
const ZONE_FIELDS: FilterFields<AvailabilityZone & { Tags?: never }> = {
  'opt-in-status': ({ OptInStatus }) => [OptInStatus],
  'zone-type': ({ ZoneType }) => [ZoneType],
};

/** A new id of 17 digits. */
export function newId(prefix: string): string {
  return `${prefix}-0${randomBytes(8).toString('hex')}`;
}

/** The tags that a request gives to what it makes; a specification for another kind of resource is refused. */
export function tagsFor(
  kind: string,
  specifications: readonly TagSpecification[] | undefined,
  ...also: string[]
): Tag[] {
  const wrong = specifications?.find(({ ResourceType = '' }) => ![kind, ...also].includes(ResourceType));
  if (wrong !== undefined)
    throw new ServiceError(
      'InvalidParameterValue',
      `'${wrong.ResourceType}' is not a valid taggable resource type for this operation.`,
    );
  return (specifications ?? []).filter(({ ResourceType }) => ResourceType === kind).flatMap(({ Tags }) => Tags ?? []);
}

function zonesOf(region: string): (AvailabilityZone & { Tags?: never })[] {
  return ['a', 'b', 'c'].map((letter) => ({
    RegionName: region,
    ZoneName: `${region}${letter}`,
    State: 'available',
    OptInStatus: 'opt-in-not-required',
    ZoneType: 'availability-zone',
  }));
}

function describeZones(input: DescribeAvailabilityZonesRequest, { state }: Context): DescribeAvailabilityZonesResult {
  return { AvailabilityZones: [...filtered(zonesOf(state.region), input.Filters, ZONE_FIELDS)] };
}

function createVolume(input: CreateVolumeRequest, { state, now }: Context): Volume {
  const { AvailabilityZone: zone = '', Size } = input;
  if (!zonesOf(state.region).some(({ ZoneName }) => ZoneName === zone))
    throw new ServiceError('InvalidParameterValue', `Invalid availability zone: [${zone}]`);
  if (Size === undefined || Size < 1)
    throw new ServiceError('MissingParameter', 'The request must contain the parameter size or snapshotId');
  const VolumeId = newId('vol');
  const Tags = tagsFor('volume', input.TagSpecifications);
  const volume: Volume = { VolumeId, Size, AvailabilityZone: zone, State: 'available', CreateTime: now, Tags };
  state.volumes.set(VolumeId, volume);
  return { ...volume, State: 'creating' };
}

function describeVolumes(input: DescribeVolumesRequest, { state, pages }: Context): DescribeVolumesResult {
  const size = pageSize(input.MaxResults, { min: 5, max: 1000 });
  const found = filtered(selected(state.volumes, input.VolumeIds, VOLUME_ID), input.Filters, FIELDS);
  const page = pages.take(found, ({ VolumeId }) => VolumeId, { token: input.NextToken, size });
  return { Volumes: page.items, NextToken: page.nextToken };
}

function deleteVolume(input: DeleteVolumeRequest, { state }: Context): undefined {
  state.volumes.delete(mustFind(state.volumes, input.VolumeId, VOLUME_ID).VolumeId ?? '');
}

function createSnapshot(input: CreateSnapshotRequest, { state, now }: Context): Snapshot {
  const { VolumeId, Size: VolumeSize } = mustFind(state.volumes, input.VolumeId, VOLUME_ID);
  const SnapshotId = newId('snap');
  const Tags = tagsFor('snapshot', input.TagSpecifications);
  const facts = { SnapshotId, VolumeId, VolumeSize, OwnerId: state.accountId, StartTime: now, Encrypted: false, Tags };
  const snapshot = { ...facts, Description: input.Description ?? '' };
  state.snapshots.set(SnapshotId, { ...snapshot, State: 'completed', Progress: '100%', StorageTier: 'standard' });
  return { ...snapshot, State: 'pending', Progress: '' };
}

export const volumeOperations: readonly Operation[] = [
  read(DescribeAvailabilityZones$, describeZones),
  read(DescribeVolumes$, describeVolumes),
  write(CreateVolume$, createVolume),
  write(DeleteVolume$, deleteVolume),
  write(CreateSnapshot$, createSnapshot),
];
