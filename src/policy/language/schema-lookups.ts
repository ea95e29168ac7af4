import * as z from 'zod';
import type { Lookup } from '../../model/policy.ts';
import { globs, issue, mayBeEmpty, optional, tagEntries, text, valueGlobs } from './schema-parts.ts';

const owner = z.string().regex(/^(?:self|\d{12}|amazon|aws-marketplace)$/, {
  error: 'must be self, amazon, aws-marketplace, or an account id: 12 digits in quotes, such as "123456789012"',
});
const owners = z.union([owner.transform((one) => [one]), z.array(owner).min(1)]);

const CRITERIA = ['name', 'description', 'tags', 'architecture', 'virtualizationType', 'rootDeviceType'] as const;

const images = z
  .strictObject({
    owner: optional('Whose images: self, account ids in quotes, amazon. Left out: whoever owns them.', owners),
    name: optional('Names, with the wildcards of AWS (* and ?).', globs),
    description: optional('Descriptions, likewise.', globs),
    tags: optional(
      'Tags by key, each with its value or a list of which one must match, with the wildcards of AWS.',
      z.record(text, valueGlobs),
    ),
    architecture: optional('Such as arm64 or x86_64.', globs),
    virtualizationType: optional('hvm or paravirtual.', globs),
    rootDeviceType: optional('ebs or instance-store.', globs),
  })
  .superRefine((images, context) => {
    const isGiven = CRITERIA.some((key) => key !== 'tags' && images[key] !== undefined);
    if (!isGiven && Object.keys(images.tags ?? {}).length === 0)
      context.addIssue(issue(`needs a criterion beside the owner: ${CRITERIA.join(', ')}`));
  });

/** A lookup as people write it. */
export const lookupSchema = z
  .strictObject({
    name: text.describe('What reports call it.'),
    images: images.describe('What it looks for; all conditions that are given must hold.'),
    take: optional(
      'newest: the newest, of each architecture where none is named; all: whatever it finds. Left out: newest.',
      z.enum(['newest', 'all']),
    ),
    mayBeEmpty,
  })
  .transform(
    ({ name, images: { tags = {}, ...images }, take = 'newest', mayBeEmpty = false }): Lookup => ({
      name,
      images: { ...images, tags: tagEntries(tags) },
      take,
      mayBeEmpty,
    }),
  );
