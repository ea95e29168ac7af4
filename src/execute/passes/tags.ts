import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { Tags } from '../../model/image.ts';
import { TAG, TAG_PREFIX } from '../../model/tags.ts';

/** Writes tags on images or snapshots, in one call that does all or nothing. */
export async function createTags(
  ec2: EC2Client,
  resourceIds: readonly string[],
  tags: Tags,
): Promise<string | undefined> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const { $metadata } = await ec2.send(new CreateTagsCommand({ Resources: [...resourceIds], Tags }));
  return $metadata.requestId;
}

/** Takes off every tag of this tool's own that a resource carries. People's `ami-janitor:keep` is theirs; of a restore the word stays. */
export async function deleteOwnTags(ec2: EC2Client, resourceId: string, tags: Tags): Promise<void> {
  const keys = Object.keys(tags).filter(
    (key) => key.startsWith(TAG_PREFIX) && key !== TAG.keep && key !== TAG.restored,
  );
  // Without any key, EC2 would delete every tag.
  if (keys.length === 0) return;
  await ec2.send(new DeleteTagsCommand({ Resources: [resourceId], Tags: keys.map((Key) => ({ Key })) }));
}

/** Takes certain tags off images or snapshots; what is gone has none any more. */
export async function deleteTags(
  ec2: EC2Client,
  resourceIds: readonly string[],
  keys: readonly string[],
): Promise<void> {
  // Without any key, EC2 would delete every tag.
  if (resourceIds.length === 0 || keys.length === 0) return;
  try {
    await ec2.send(new DeleteTagsCommand({ Resources: [...resourceIds], Tags: keys.map((Key) => ({ Key })) }));
  } catch (error) {
    if (failureOf(error).kind !== 'not-found') throw error;
    // One that is gone fails the call for all.
    if (resourceIds.length > 1) for (const id of resourceIds) await deleteTags(ec2, [id], keys);
  }
}

/** The longest value that EC2 takes for a tag. */
export const TAG_VALUE_LENGTH = 255;

/** A text cut to what a tag can hold. */
export function tagText(text: string): string {
  return [...text].slice(0, TAG_VALUE_LENGTH).join('');
}
