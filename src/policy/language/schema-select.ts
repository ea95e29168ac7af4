import * as z from 'zod';
import type { Selector } from '../../model/policy.ts';
import {
  accountId,
  duration,
  glob,
  globs,
  optional,
  region,
  severities,
  tagEntries,
  valueGlobs,
} from './schema-parts.ts';

const tagCondition = z.union([
  ...valueGlobs.options,
  z.strictObject({ absent: z.literal(true).describe('Selects images that have no such tag.') }),
]);

const conditions = z
  .strictObject({
    tags: optional(
      'Tags that the image must have: globs on key and value, a list of values of which one must match, or { absent: true }. All must hold.',
      z.record(glob.min(1), tagCondition),
    ),
    name: optional('A glob, or a list of globs of which one must match the image name.', globs),
    description: optional('A glob or a list of globs for the description.', globs),
    architecture: optional('A glob or a list of globs: arm64, x86_64, i386, x86_64_mac, arm64_mac.', globs),
    platform: optional('A glob or a list of globs for the platform details, such as Linux/UNIX.', globs),
    rootDeviceType: optional('A glob or a list of globs: ebs, instance-store.', globs),
    state: optional('A glob or a list of globs: available, disabled, pending, failed.', globs),
    sourceImage: optional('An id or a list of ids (globs) of the images that it was copied or made from.', globs),
    severity: optional(
      'The severity of the worst finding of Amazon Inspector’s, or a list: critical, high, medium, low, informational.',
      severities,
    ),
    watermark: optional(
      'A glob or a list of globs for the key of a watermark, such as "123456789012:approved" or "*:approved".',
      globs,
    ),
    olderThan: optional('Only images at least this old, such as 30d.', duration),
    youngerThan: optional('Only images younger than this, such as 30d.', duration),
    accounts: optional('Only images of these accounts, by id, in quotes.', z.array(accountId).min(1)),
    regions: optional('Only images in these Regions.', z.array(region).min(1)),
  })
  .describe('Conditions on an image.');

/** The images that a rule owns. */
export const select = conditions
  .extend({
    not: optional(
      'Leaves out images for which all of these conditions hold.',
      conditions.refine((not) => Object.keys(not).length > 0, {
        error: 'needs a condition: {} would leave out every image',
      }),
    ),
  })
  .transform(({ not, ...is }): Selector => ({ ...selector(is), ...(not && { not: selector(not) }) }))
  .describe('Which images the rule owns. All conditions must hold; {} selects every image.');

function selector({ tags = {}, ...others }: z.infer<typeof conditions>): Selector {
  return { ...others, tags: tagEntries(tags) };
}
