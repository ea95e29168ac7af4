import * as z from 'zod';
import { SOURCE_OF, SOURCES } from '../../model/sources.ts';
import { lookupSchema } from './schema-lookups.ts';
import { count, glob, mayBeEmpty, optional, text } from './schema-parts.ts';

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
  ssmParameters: optional('Name globs of text parameters to search for image ids.', namePatterns),
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
