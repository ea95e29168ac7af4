import * as z from 'zod';
import type { Lookup } from '../../model/policy.ts';
import { globs, issue, mayBeEmpty, tagEntries, text, valueGlobs } from './schema-parts.ts';

const owner = z.string().regex(/^(?:self|\d{12}|amazon|aws-marketplace)$/, {
  error: 'must be self, amazon, aws-marketplace, or an account id: 12 digits in quotes, such as "123456789012"',
});
const owners = z.union([owner.transform((one) => [one]), z.array(owner).min(1)]);

const CRITERIA = ['name', 'description', 'tags', 'architecture', 'virtualizationType', 'rootDeviceType'] as const;

const images = z
  .strictObject({
    owner: owners
      .exactOptional()
      .describe('Whose images: self, account ids in quotes, amazon. Left out: whoever owns them.'),
    name: globs.exactOptional().describe('Names, with the wildcards of AWS (* and ?).'),
    description: globs.exactOptional().describe('Descriptions, likewise.'),
    tags: z
      .record(text, valueGlobs)
      .exactOptional()
      .describe('Tags by key, each with its value or a list of which one must match, with the wildcards of AWS.'),
    architecture: globs.exactOptional().describe('Such as arm64 or x86_64.'),
    virtualizationType: globs.exactOptional().describe('hvm or paravirtual.'),
    rootDeviceType: globs.exactOptional().describe('ebs or instance-store.'),
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
    take: z
      .enum(['newest', 'all'])
      .exactOptional()
      .describe(
        'newest: the newest, of each architecture where none is named; all: whatever it finds. Left out: newest.',
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
