import {
  GetImageAncestry$,
  type GetImageAncestryRequest,
  type GetImageAncestryResult,
  type Image,
  type ImageAncestryEntry,
} from '@aws-sdk/client-ec2';
import { type Context, type Operation, read } from '../operation.ts';
import { ownImage } from './shared-images.ts';

/** As many as EC2 lists. */
const MOST = 50;
/** Whose public images end a line. */
const ROOTS: readonly (string | undefined)[] = ['amazon', 'aws-marketplace'];

/** From the image to the root of its line, what was deregistered since included; other Regions are not looked into. */
function getImageAncestry(input: GetImageAncestryRequest, context: Context): GetImageAncestryResult {
  const ImageAncestryEntries: ImageAncestryEntry[] = [];
  let image: Image | undefined = ownImage(context, input.ImageId);
  while (image !== undefined && ImageAncestryEntries.length < MOST) {
    const { ImageId, CreationDate, ImageOwnerAlias, SourceImageId, SourceImageRegion }: Image = image;
    ImageAncestryEntries.push({
      ImageId,
      ...(CreationDate !== undefined && { CreationDate: new Date(CreationDate) }),
      ImageOwnerAlias,
      SourceImageId,
      SourceImageRegion,
    });
    image = ROOTS.includes(ImageOwnerAlias) ? undefined : ancestor(SourceImageId, SourceImageRegion, context);
  }
  return { ImageAncestryEntries };
}

function ancestor(id: string | undefined, region: string | undefined, { state, others }: Context): Image | undefined {
  if (id === undefined || (region ?? state.region) !== state.region) return undefined;
  for (const { images, deregistered } of [state, ...others()]) {
    const found = images.get(id) ?? deregistered.get(id);
    if (found !== undefined) return found;
  }
  return undefined;
}

export const imageAncestryReads: readonly Operation[] = [read(GetImageAncestry$, getImageAncestry)];
