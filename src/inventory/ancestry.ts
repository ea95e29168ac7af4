import { GetImageAncestryCommand, type ImageAncestryEntry } from '@aws-sdk/client-ec2';
import type { Clients } from '../aws/clients.ts';
import type { Requests } from '../aws/requests.ts';
import { BrokenAnswerError, listOf } from '../aws/requests.ts';
import type { Ancestor, AncestryReading } from '../model/account.ts';
import { type ImageId, isImageId } from '../model/ids.ts';
import type { Image } from '../model/image.ts';
import { type Readings, readEach } from './details.ts';
import { readVisible } from './images.ts';

/** Whose public images are the root of every line. */
const ROOTS: ReadonlySet<string | undefined> = new Set(['amazon', 'aws-marketplace']);

/**
 * What the sources of some images were made from, by source; one call an image, of which AWS goes on telling when
 * what it was made from is deregistered. Of Amazon's and the Marketplace's own images nothing is asked.
 * @param images of different sources, none of which is among the account's own images
 */
export async function readAncestry(
  clients: Clients,
  requests: Requests,
  images: readonly Image[],
  region: string,
): Promise<Readings<ImageId, AncestryReading>> {
  const made = new Map(images.flatMap((image) => (image.sourceImageId ? [[image.sourceImageId, image]] : [])));
  // Where that can't be told, there is more to ask and nothing less to know.
  const visible = await readVisible(clients, requests, [...made.keys()]).catch(() => new Map<string, undefined>());
  const roots = new Set([...made.keys()].filter((source) => ROOTS.has(visible.get(source))));
  for (const source of roots) made.delete(source);
  const { readings, gone } = await readEach(requests, [...made], async ([, image]): Promise<AncestryReading> => {
    const { imageId: ImageId } = image;
    const answer = await requests.send(() => clients.ec2.send(new GetImageAncestryCommand({ ImageId })));
    const entries = listOf(answer.ImageAncestryEntries, 'ImageAncestryEntries');
    return { status: 'read', ancestors: beyondSource(image, entries, region) };
  });
  const none: AncestryReading = { status: 'read', ancestors: [] };
  return {
    readings: new Map([
      ...[...roots].map((source) => [source, none] as const),
      ...[...readings].map(([[source], reading]) => [source, reading] as const),
    ]),
    gone: new Set([...gone].map(([, { imageId }]) => imageId)),
  };
}

/** The line beyond the source of an image: AWS's answer names that at least. */
function beyondSource(
  { imageId, sourceImageId }: Image,
  entries: readonly ImageAncestryEntry[],
  region: string,
): Ancestor[] {
  const line = new Map<string | undefined, Ancestor>();
  const add = (id: string | undefined, from = region) => {
    if (!isImageId(id)) throw new BrokenAnswerError(`the answer has an ancestor without a valid id (${String(id)})`);
    if (!line.has(id)) line.set(id, { imageId: id, region: from });
  };
  for (const { ImageId, SourceImageId, SourceImageRegion } of entries) {
    add(ImageId);
    if (SourceImageId !== undefined) add(SourceImageId, SourceImageRegion);
  }
  if (!line.has(sourceImageId)) throw new BrokenAnswerError(`the answer does not name the source of ${imageId}`);
  return [...line.values()].filter((one) => one.imageId !== imageId && one.imageId !== sourceImageId);
}
