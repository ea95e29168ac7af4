import {
  CopyImage$,
  type CopyImageRequest,
  type CopyImageResult,
  type Image,
  RegisterImage$,
  type RegisterImageRequest,
  type RegisterImageResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { snapshotIdsOf } from '../image-map.ts';
import { type Context, type Operation, write } from '../operation.ts';
import type { AccountState } from '../state.ts';
import { mustFind, SNAPSHOT_ID } from './parameters.ts';
import { ownImage } from './shared-images.ts';
import { newId, tagsFor } from './volumes.ts';

const NAME = /^[\w()[\] ./'@-]{3,128}$/;

/** An account has each name once. */
function checkName(name: string | undefined, state: AccountState): string {
  if (name === undefined) throw new ServiceError('MissingParameter', 'The request must contain the parameter name');
  if (!NAME.test(name))
    throw new ServiceError('InvalidAMIName.Malformed', 'AMI names must be between 3 and 128 characters long.');
  const holder = [...state.images.values()].find(({ Name, OwnerId }) => Name === name && OwnerId === state.accountId);
  if (holder === undefined) return name;
  throw new ServiceError('InvalidAMIName.Duplicate', `AMI name ${name} is already in use by AMI ${holder.ImageId}`);
}

function registerImage(input: RegisterImageRequest, { state, now }: Context): RegisterImageResult {
  const Name = checkName(input.Name, state);
  const { RootDeviceName, BlockDeviceMappings = [], Architecture = 'i386', VirtualizationType = 'paravirtual' } = input;
  const root = BlockDeviceMappings.find(({ DeviceName }) => DeviceName === RootDeviceName);
  if (RootDeviceName === undefined || root?.Ebs?.SnapshotId === undefined)
    throw new ServiceError('InvalidBlockDeviceMapping', 'The root device is not mapped to a snapshot.');
  const mappings = BlockDeviceMappings.map(({ Ebs, ...mapping }) => {
    if (Ebs?.SnapshotId === undefined) return mapping;
    const { VolumeSize, State } = mustFind(state.snapshots, Ebs.SnapshotId, SNAPSHOT_ID);
    if (State !== 'completed')
      throw new ServiceError('IncorrectState', `The snapshot '${Ebs.SnapshotId}' is not completed.`);
    return { ...mapping, Ebs: { VolumeSize, VolumeType: 'gp2' as const, DeleteOnTermination: true, ...Ebs } };
  });
  return { ImageId: add(state, { ...input, Name, RootDeviceName, Architecture, VirtualizationType }, mappings, now) };
}

function add(
  state: AccountState,
  { Name, Description, RootDeviceName, Architecture, VirtualizationType, TagSpecifications }: RegisterImageRequest,
  BlockDeviceMappings: NonNullable<Image['BlockDeviceMappings']>,
  now: Date,
  more: Partial<Image> = {},
): string {
  const ImageId = newId('ami');
  state.images.set(ImageId, {
    ImageId,
    Name,
    ...(Description !== undefined && { Description }),
    OwnerId: state.accountId,
    State: 'available',
    CreationDate: now.toISOString(),
    Architecture,
    VirtualizationType: VirtualizationType === 'hvm' ? 'hvm' : 'paravirtual',
    PlatformDetails: 'Linux/UNIX',
    RootDeviceType: 'ebs',
    RootDeviceName,
    Public: false,
    BlockDeviceMappings,
    Tags: tagsFor('image', TagSpecifications, 'snapshot'),
    ...more,
  });
  return ImageId;
}

/** Within the Region alone; the copy has snapshots of its own, of no volume that there is. */
function copyImage(input: CopyImageRequest, context: Context): CopyImageResult {
  const { state, now } = context;
  if (input.SourceRegion !== state.region)
    throw new ServiceError('InvalidParameterValue', `The embedded endpoint copies within ${state.region} alone.`);
  const source = ownImage(context, input.SourceImageId);
  const Name = checkName(input.Name, state);
  const copies = new Map(
    snapshotIdsOf(source).map((id) => {
      const SnapshotId = newId('snap');
      const { VolumeSize } = mustFind(state.snapshots, id, SNAPSHOT_ID);
      const Description = `Copied for DestinationAmi from SourceAmi ${source.ImageId} for SourceSnapshot ${id}.`;
      const Tags = tagsFor('snapshot', input.TagSpecifications, 'image');
      const facts = {
        SnapshotId,
        VolumeSize,
        Description,
        Tags,
        VolumeId: 'vol-ffffffff',
        State: 'completed',
      } as const;
      state.snapshots.set(SnapshotId, { ...facts, OwnerId: state.accountId, StartTime: now, StorageTier: 'standard' });
      return [id, SnapshotId];
    }),
  );
  const mappings = (source.BlockDeviceMappings ?? []).map(({ Ebs, ...mapping }) => {
    const SnapshotId = copies.get(Ebs?.SnapshotId ?? '');
    return Ebs === undefined ? mapping : { ...mapping, Ebs: { ...Ebs, ...(SnapshotId && { SnapshotId }) } };
  });
  const { RootDeviceName, Architecture, VirtualizationType } = source;
  const asked = { ...input, Name, RootDeviceName, Architecture, VirtualizationType };
  const from = { SourceImageId: source.ImageId, SourceImageRegion: state.region };
  return { ImageId: add(state, asked, mappings, now, from) };
}

export const newImages: readonly Operation[] = [write(RegisterImage$, registerImage), write(CopyImage$, copyImage)];
