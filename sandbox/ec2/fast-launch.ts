import {
  DescribeFastLaunchImages$,
  type DescribeFastLaunchImagesRequest,
  type DescribeFastLaunchImagesResult,
  DisableFastLaunch$,
  type DisableFastLaunchRequest,
  type DisableFastLaunchResult,
} from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read, write } from '../operation.ts';
import { IMAGE_ID, mustFind, pageSize } from './parameters.ts';

/** What EC2 has finished to turn off since, it does not list, and its snapshots are gone. */
function settle({ state, now }: Context): void {
  const milliseconds = state.settings.fastLaunchDisablingSeconds * 1000;
  for (const [id, { State, StateTransitionTime }] of state.fastLaunch) {
    if (State !== 'disabling' || now.getTime() - (StateTransitionTime?.getTime() ?? 0) < milliseconds) continue;
    state.fastLaunch.delete(id);
    for (const [snapshotId, { Tags, Description }] of state.snapshots)
      if (
        Tags?.some(({ Key, Value }) => Key === 'CreatedBy' && Value === 'EC2 Fast Launch') &&
        Description?.includes(id)
      )
        state.snapshots.delete(snapshotId);
  }
}

function describe(input: DescribeFastLaunchImagesRequest, context: Context): DescribeFastLaunchImagesResult {
  if (input.Filters?.length) throw new ServiceError('InvalidParameterValue', 'The filters are not modeled');
  settle(context);
  const items = [...context.state.fastLaunch.values()].filter(
    ({ ImageId = '' }) => !input.ImageIds?.length || input.ImageIds.includes(ImageId),
  );
  const size = pageSize(input.MaxResults, { min: 0, max: 200 });
  const page = context.pages.take(items, ({ ImageId }) => ImageId, {
    token: input.NextToken,
    size,
  });
  return { FastLaunchImages: page.items, NextToken: page.nextToken };
}

function disable(input: DisableFastLaunchRequest, context: Context): DisableFastLaunchResult {
  settle(context);
  const { state, now } = context;
  mustFind(state.images, input.ImageId, IMAGE_ID);
  const item = state.fastLaunch.get(input.ImageId ?? '');
  if (item === undefined || item.State === 'disabling')
    throw new ServiceError('InvalidRequest', `Fast Launch cannot be disabled for the image '${input.ImageId}'.`);
  const turnedOff = { ...item, State: 'disabling', StateTransitionTime: now } as const;
  state.fastLaunch.set(input.ImageId ?? '', turnedOff);
  return turnedOff;
}

export const fastLaunchOperations: readonly Operation[] = [
  read(DescribeFastLaunchImages$, describe),
  write(DisableFastLaunch$, disable),
];
