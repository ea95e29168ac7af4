import type { Tags } from '../../model/image.ts';
import type { Manager } from '../../model/reasons.ts';

/** Which other AWS service manages a resource, by the tags that it puts there. */
export function managerByTags(tags: Tags): Manager | undefined {
  for (const key in tags) {
    if (key.startsWith('aws:backup:')) return 'aws-backup';
    if (key.startsWith('aws:dlm:')) return 'data-lifecycle-manager';
  }
  return undefined;
}
