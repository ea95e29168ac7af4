import {
  type EC2Client,
  type ImageReference,
  paginateDescribeImageReferences,
  type ResourceTypeRequest,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { essential, inBatches, itemsOf } from '../aws/requests.ts';
import type { ImageId } from '../model/ids.ts';
import type { LaunchTemplateVersions } from '../model/reference-settings.ts';
import { readVersions } from './launch-templates.ts';
import { TemplateVersions, type VersionRow } from './template-versions.ts';

/** What AWS itself says of an image's use, right before it is removed. */
export type SecondOpinion =
  /** `note` names a template that AWS names and of which nothing that counts uses the image. */
  | { readonly opinion: 'unreferenced'; readonly note?: string }
  | { readonly opinion: 'referenced'; readonly by: readonly string[] }
  | { readonly opinion: 'unknown'; readonly error: string };

const IDS_A_CALL = 10;
/** As deep as the API goes; AWS reads ten versions otherwise. */
const VERSION_DEPTH = '10000';
/** Every state but `terminated`, which is no use of an image. */
const STATES = ['pending', 'running', 'shutting-down', 'stopping', 'stopped'];

/**
 * Asks `DescribeImageReferences` about images that the finders found unreferenced a moment ago. What it names
 * keeps an image, with one exception: its answer names templates without a version, and an old version that
 * nothing uses would keep its image for ever. Such a template is read, and keeps the image only where a version
 * that counts for the policy holds it.
 */
export async function askSecondOpinion(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
  mode: LaunchTemplateVersions,
): Promise<Map<ImageId, SecondOpinion>> {
  const opinions = new Map<ImageId, SecondOpinion>();
  for (const asked of inBatches(imageIds, IDS_A_CALL)) {
    for (const [imageId, opinion] of await askFew(ec2, asked, mode)) opinions.set(imageId, opinion);
  }
  return opinions;
}

async function askFew(
  ec2: EC2Client,
  imageIds: readonly ImageId[],
  mode: LaunchTemplateVersions,
): Promise<[ImageId, SecondOpinion][]> {
  try {
    const references = await readReferences(ec2, imageIds);
    const opinions: [ImageId, SecondOpinion][] = [];
    for (const imageId of imageIds) {
      const own = references.filter(({ ImageId }) => essential(ImageId, 'ImageId of a reference') === imageId);
      opinions.push([imageId, await weigh(ec2, imageId, own, mode)]);
    }
    return opinions;
  } catch (error) {
    const failure = failureOf(error);
    // One id that is gone fails the whole call.
    if (failure.kind === 'not-found' && imageIds.length > 1) {
      return (await Promise.all(imageIds.map((imageId) => askFew(ec2, [imageId], mode)))).flat();
    }
    return imageIds.map((imageId) => [imageId, { opinion: 'unknown', error: failure.sentence }]);
  }
}

function readReferences(ec2: EC2Client, imageIds: readonly ImageId[]): Promise<ImageReference[]> {
  const ResourceTypes: ResourceTypeRequest[] = [
    {
      ResourceType: 'ec2:Instance',
      ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: STATES }],
    },
    {
      ResourceType: 'ec2:LaunchTemplate',
      ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [VERSION_DEPTH] }],
    },
  ];
  const input = { ImageIds: [...imageIds], IncludeAllResourceTypes: true, ResourceTypes };
  return Array.fromAsync(itemsOf(paginateDescribeImageReferences({ client: ec2 }, input), 'ImageReferences'));
}

async function weigh(
  ec2: EC2Client,
  imageId: ImageId,
  references: readonly ImageReference[],
  mode: LaunchTemplateVersions,
): Promise<SecondOpinion> {
  const by: string[] = [];
  const explained: string[] = [];
  for (const { Arn = 'a resource without an ARN', ResourceType } of references) {
    const template =
      ResourceType === 'ec2:LaunchTemplate' ? /launch-template\/(lt-[0-9a-f]+)$/.exec(Arn)?.[1] : undefined;
    const unused = template === undefined ? undefined : await unusedVersions(ec2, template, imageId, mode);
    if (unused === undefined) by.push(`${ResourceType ?? 'a resource'} ${Arn}`);
    else explained.push(`${template} (version ${unused.join(', ')})`);
  }
  if (by.length > 0) return { opinion: 'referenced', by };
  if (explained.length === 0) return { opinion: 'unreferenced' };
  return {
    opinion: 'unreferenced',
    note: `only old launch template versions that nothing names hold it: ${explained.join('; ')}`,
  };
}

/**
 * The versions of a template that hold an image, where none of them counts for the policy; undefined where one
 * does, or where none is found that explains why AWS names the template. Versions that something names are the
 * finders' part: they have just found none.
 */
async function unusedVersions(
  ec2: EC2Client,
  templateId: string,
  imageId: ImageId,
  mode: LaunchTemplateVersions,
): Promise<number[] | undefined> {
  const rows = await readVersions(ec2, { LaunchTemplateId: templateId });
  const holdsImage = (row: VersionRow) => row.imageValue === imageId;
  const isUsed = [...new TemplateVersions(rows).counted(mode, [])].some(holdsImage);
  const holding = rows.filter(holdsImage).map(({ version }) => version);
  return isUsed || holding.length === 0 ? undefined : holding.sort((a, b) => b - a);
}
