import * as z from 'zod';
import type { Duration, Rule, Selector, Step } from '../../model/policy.ts';
import {
  accountId,
  count,
  duration,
  glob,
  globs,
  groupKey,
  issue,
  keepDuration,
  region,
  severities,
  tagEntries,
  text,
  valueGlobs,
} from './schema-parts.ts';

const tagCondition = z.union([
  ...valueGlobs.options,
  z.strictObject({ absent: z.literal(true).describe('Selects images that have no such tag.') }),
]);

const conditions = z
  .strictObject({
    tags: z
      .record(glob.min(1), tagCondition)
      .exactOptional()
      .describe(
        'Tags that the image must have: globs on key and value, a list of values of which one must match, or { absent: true }. All must hold.',
      ),
    name: globs.exactOptional().describe('A glob, or a list of globs of which one must match the image name.'),
    description: globs.exactOptional().describe('A glob or a list of globs for the description.'),
    architecture: globs
      .exactOptional()
      .describe('A glob or a list of globs: arm64, x86_64, i386, x86_64_mac, arm64_mac.'),
    platform: globs.exactOptional().describe('A glob or a list of globs for the platform details, such as Linux/UNIX.'),
    rootDeviceType: globs.exactOptional().describe('A glob or a list of globs: ebs, instance-store.'),
    state: globs.exactOptional().describe('A glob or a list of globs: available, disabled, pending, failed.'),
    sourceImage: globs
      .exactOptional()
      .describe('An id or a list of ids (globs) of the images that it was copied or made from.'),
    severity: severities
      .exactOptional()
      .describe(
        'The severity of the worst finding of Amazon Inspector’s, or a list: critical, high, medium, low, informational.',
      ),
    watermark: globs
      .exactOptional()
      .describe(
        'A glob or a list of globs for the key of a watermark, such as "123456789012:approved" or "*:approved".',
      ),
    olderThan: duration.exactOptional().describe('Only images at least this old, such as 30d.'),
    youngerThan: duration.exactOptional().describe('Only images younger than this, such as 30d.'),
    accounts: z.array(accountId).min(1).exactOptional().describe('Only images of these accounts, by id, in quotes.'),
    regions: z.array(region).min(1).exactOptional().describe('Only images in these Regions.'),
  })
  .describe('Conditions on an image.');

const select = conditions
  .extend({
    not: conditions
      .refine((not) => Object.keys(not).length > 0, { error: 'needs a condition: {} would leave out every image' })
      .exactOptional()
      .describe('Leaves out images for which all of these conditions hold.'),
  })
  .transform(({ not, ...is }): Selector => ({ ...selector(is), ...(not && { not: selector(not) }) }))
  .describe('Which images the rule owns. All conditions must hold; {} selects every image.');

function selector({ tags = {}, ...others }: z.infer<typeof conditions>): Selector {
  return { ...others, tags: tagEntries(tags) };
}

const keep = z
  .strictObject({
    newest: z
      .union([
        count.transform((count) => ({ count })),
        z.strictObject({
          count: count.describe('How many of each group.'),
          youngerThan: keepDuration.exactOptional().describe('But none that is older than this, such as 1y.'),
        }),
      ])
      .exactOptional()
      .describe(
        'Keeps this many of the newest available images of each group; { count: 5, youngerThan: 1y } keeps none of these that is older.',
      ),
    youngerThan: keepDuration.exactOptional().describe('Keeps images that are younger than this, such as 60d.'),
    launchedWithin: keepDuration
      .exactOptional()
      .describe(
        'Keeps images that were launched within this time. An image without a launch time is not kept by this.',
      ),
    copiesOfKept: z
      .boolean()
      .exactOptional()
      .describe('Also keeps copies of images that are kept, so that a copy outlives no original.'),
    ancestorsOfKept: z
      .boolean()
      .exactOptional()
      .describe('Also keeps images from which an image that is kept was copied or made.'),
  })
  .describe('Any one of these keeps an image.');

const WEEK: Duration = { text: '7d', milliseconds: 7 * 86_400_000 };

/** A step some time after the deprecation. */
const step = z
  .strictObject({
    after: duration.describe('How long after this tool deprecated the image, or after a later launch, such as 30d.'),
    notice: duration
      .exactOptional()
      .describe('How long before that the owner must have been told, where there is a notify section. Left out: 7d.'),
  })
  .transform(({ after, notice = WEEK }): Step => ({ after, notice }));

/** One rule of the file. */
export const ruleSchema = z
  .strictObject({
    name: text.max(255).describe('A name for reports and tags; each rule has its own.'),
    select,
    groupBy: z
      .array(groupKey)
      .exactOptional()
      .describe(
        'What makes a group for keep.newest: tag:KEY, architecture, or name:PATTERN with one {…} part, such as name:webapp-{*}-20??????.',
      ),
    keep: z
      .union([z.literal('always'), keep])
      .exactOptional()
      .describe('What keeps an image; always: everything that the rule owns stays.'),
    expire: z
      .strictObject({
        tag: text.max(127).describe('The tag that holds the date or the age.'),
        as: z
          .enum(['date', 'age'])
          .exactOptional()
          .describe(
            'date: the tag holds a date; age: how old the image may get, such as 30 (days) or 2w. Left out: date.',
          ),
      })
      .exactOptional()
      .describe('Keeps images until the date or the age in this tag, and is the whole rule: no keep beside it.'),
    deprecate: z
      .strictObject({})
      .exactOptional()
      .describe('Deprecates images that are due: {}. Without it the rule only reports.'),
    disable: step
      .exactOptional()
      .describe('Disables images some time after they were deprecated: a trial absence that can be undone.'),
    deregister: step.exactOptional().describe('Deregisters images some time after they were deprecated.'),
    snapshots: z
      .enum(['delete', 'keep'])
      .exactOptional()
      .describe('Whether the snapshots of a deregistered image are deleted or kept. Left out: delete.'),
  })
  .superRefine((rule, context) => {
    const say = (message: string, ...path: string[]): void => context.addIssue(issue(message, path));
    if (rule.keep && rule.expire) say('cannot stand beside keep: the date in the tag is the whole rule', 'expire');
    if (rule.groupBy && rule.expire) say('has no meaning beside expire', 'groupBy');
    if (!rule.keep && !rule.expire) say('needs keep or expire: without either it would keep nothing');
    if (rule.keep === 'always') {
      for (const key of ['groupBy', 'deprecate', 'disable', 'deregister', 'snapshots'] as const)
        if (rule[key] !== undefined) say('has no meaning beside keep: always', key);
      return;
    }
    const { newest, youngerThan, launchedWithin } = rule.keep ?? {};
    if (rule.keep && [newest, youngerThan, launchedWithin].every((condition) => condition === undefined)) {
      say('needs newest, youngerThan or launchedWithin: without any it would keep nothing', 'keep');
    }
    for (const pass of ['disable', 'deregister'] as const) {
      if (rule[pass] && !rule.deprecate)
        say('needs deprecate: {} beside it, since it counts from the deprecation', pass);
    }
    const [disabled, deregistered] = [rule.disable?.after.milliseconds, rule.deregister?.after.milliseconds];
    if (disabled !== undefined && deregistered !== undefined && deregistered < disabled) {
      say('must not be shorter than disable.after', 'deregister', 'after');
    }
  })
  .transform(({ groupBy = [], keep, expire, deprecate, snapshots = 'delete', ...others }): Rule => {
    const base = { ...others, deprecate: deprecate !== undefined, snapshots };
    if (expire) return { ...base, kind: 'expiry', expireTag: expire.tag, expireAs: expire.as ?? 'date' };
    if (keep === 'always') return { ...base, kind: 'permanent' };
    return {
      ...base,
      kind: 'retention',
      groupBy,
      keep: { ...keep, copiesOfKept: keep?.copiesOfKept ?? false, ancestorsOfKept: keep?.ancestorsOfKept ?? false },
    };
  });
