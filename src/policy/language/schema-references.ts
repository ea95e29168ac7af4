import * as z from 'zod';
import type { Lookup } from '../../model/reference-settings.ts';
import { SOURCE_OF, SOURCES } from '../../model/sources.ts';
import { count, glob, globs, issue, mayBeEmpty, optional, tagEntries, text, valueGlobs } from './schema-parts.ts';

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
const lookupSchema = z
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

const namePatterns = z.array(
  z.union([
    glob.min(1).transform((pattern) => ({ pattern, mayBeEmpty: false })),
    z
      .strictObject({ name: glob.min(1).describe('A glob of names.'), mayBeEmpty })
      .transform(({ name: pattern, mayBeEmpty = false }) => ({ pattern, mayBeEmpty })),
  ]),
);

/** The sources of which each thing costs a call to read. */
const byName = z
  .strictObject(
    Object.fromEntries(
      [...SOURCE_OF].flatMap(([source, { byName: what }]) =>
        what === undefined ? [] : [[source, optional(`Name globs: ${what}.`, namePatterns)]],
      ),
    ),
  )
  .describe('By source: globs of what is searched for image ids only where it is named, since each costs a call.');

/** How references are looked for, as people write it. */
export const referencesSchema = z.strictObject({
  launchTemplateVersions: optional(
    'Which launch template versions count as use: in-use ($Default, $Latest and what anything names), { newest: N } or all.',
    z.union([
      z.enum(['in-use', 'all']).transform((kind) => ({ kind })),
      z
        .strictObject({ newest: count.describe('The versions in use and this many of the newest.') })
        .transform(({ newest }) => ({ kind: 'newest' as const, newest })),
    ]),
  ),
  sharedImages: optional(
    'Whether images that are shared with other accounts are always kept, or decided by their use; with targets, by what is known of those accounts. Left out: keep.',
    z.enum(['keep', 'evaluate']),
  ),
  ssmParameters: optional(
    "Name globs of text parameters to search for image ids; public ones by their publisher's path, such as /aws/service/canonical/*.",
    namePatterns.superRefine((patterns, context) => {
      for (const [index, { pattern }] of patterns.entries())
        if (/^\/aws\/service\/(?![^*?\\/]+\/)/.test(pattern))
          context.addIssue(issue('must name whose public parameters: /aws/service/PUBLISHER/…', [index]));
    }),
  ),
  documents: optional(
    'Files and s3://bucket/prefix places to search for image ids.',
    z.array(
      z.union([
        text.transform((pattern) => ({ pattern, mayBeEmpty: false })),
        z
          .strictObject({ path: text.describe('A file, or s3://bucket/prefix.'), mayBeEmpty })
          .transform(({ path: pattern, mayBeEmpty = false }) => ({ pattern, mayBeEmpty })),
      ]),
    ),
  ),
  lookups: optional(
    'Searches by name or tag that Terraform, Packer, Karpenter and others make: what they would find now stays.',
    z.array(lookupSchema),
  ),
  byName: byName.exactOptional(),
  off: optional(
    'Sources that are not looked at. What only they know counts as unreferenced.',
    z.array(z.enum(SOURCES)),
  ),
});
