import * as z from 'zod';
import type { Duration, Rule, Step } from '../../model/policy.ts';
import { count, duration, groupKey, issue, keepDuration, optional, text } from './schema-parts.ts';
import { select } from './schema-select.ts';

const keep = z
  .strictObject({
    newest: optional(
      'Keeps this many of the newest available images of each group; { count: 5, youngerThan: 1y } keeps none of these that is older.',
      z.union([
        count.transform((count) => ({ count })),
        z.strictObject({
          count: count.describe('How many of each group.'),
          youngerThan: optional('But none that is older than this, such as 1y.', keepDuration),
        }),
      ]),
    ),
    youngerThan: optional('Keeps images that are younger than this, such as 60d.', keepDuration),
    launchedWithin: optional(
      'Keeps images that were launched within this time. An image without a launch time is not kept by this.',
      keepDuration,
    ),
    copiesOfKept: optional(
      'Also keeps copies of images that are kept, so that a copy outlives no original.',
      z.boolean(),
    ),
    ancestorsOfKept: optional('Also keeps images from which an image that is kept was copied or made.', z.boolean()),
  })
  .describe('Any one of these keeps an image.');

const days = (count: number): Duration => ({ text: `${count}d`, milliseconds: count * 86_400_000 });
const WEEK = days(7);
/** Everybody may launch a public image, and only its deprecation tells them that it goes. */
const LEAST_OF_PUBLIC = days(90);

const step = z.strictObject({
  after: duration.describe('How long after this tool deprecated the image, or after a later launch, such as 30d.'),
  notice: optional(
    'How long before that the owner must have been told, where there is a notify section. Left out: 7d, and 90d beside public.',
    duration,
  ),
});

function stepOf({ after, notice }: z.infer<typeof step>, isPublic?: true): Step {
  return { after, notice: notice ?? (isPublic ? LEAST_OF_PUBLIC : WEEK) };
}

/** One rule of the file. */
export const ruleSchema = z
  .strictObject({
    name: text.max(255).describe('A name for reports and tags; each rule has its own.'),
    select,
    groupBy: optional(
      'What makes a group for keep.newest: tag:KEY, architecture, or name:PATTERN with one {…} part, such as name:webapp-{*}-20??????.',
      z.array(groupKey),
    ),
    keep: optional(
      'What keeps an image; always: everything that the rule owns stays.',
      z.union([z.literal('always'), keep]),
    ),
    expire: optional(
      'Keeps images until the date or the age in this tag, and is the whole rule: no keep beside it.',
      z.strictObject({
        tag: text.max(127).describe('The tag that holds the date or the age.'),
        as: optional(
          'date: the tag holds a date; age: how old the image may get, such as 30 (days) or 2w. Left out: date.',
          z.enum(['date', 'age']),
        ),
      }),
    ),
    deprecate: optional('Deprecates images that are due: {}. Without it the rule only reports.', z.strictObject({})),
    disable: optional(
      'Disables images some time after they were deprecated: a trial absence that can be undone.',
      step,
    ),
    archive: optional(
      'Moves the snapshots of disabled images to the archive tier some time after they were deprecated, where that saves.',
      step,
    ),
    deregister: optional('Deregisters images some time after they were deprecated.', step),
    snapshots: optional(
      'Whether the snapshots of a deregistered image are deleted or kept. Left out: delete.',
      z.enum(['delete', 'keep']),
    ),
    public: optional(
      'true: public images of this rule may be deprecated and deregistered too. Left out: they stay.',
      z.literal(true),
    ),
  })
  .superRefine((rule, context) => {
    const say = (message: string, ...path: string[]): void => context.addIssue(issue(message, path));
    if (rule.keep && rule.expire) say('cannot stand beside keep: the date in the tag is the whole rule', 'expire');
    if (rule.groupBy && rule.expire) say('has no meaning beside expire', 'groupBy');
    if (!rule.keep && !rule.expire) say('needs keep or expire: without either it would keep nothing');
    if (rule.keep === 'always') {
      for (const key of ['groupBy', 'deprecate', 'disable', 'archive', 'deregister', 'snapshots', 'public'] as const)
        if (rule[key] !== undefined) say('has no meaning beside keep: always', key);
      return;
    }
    const { newest, youngerThan, launchedWithin } = rule.keep ?? {};
    if (rule.keep && [newest, youngerThan, launchedWithin].every((condition) => condition === undefined)) {
      say('needs newest, youngerThan or launchedWithin: without any it would keep nothing', 'keep');
    }
    if (rule.archive && !rule.disable)
      say('needs disable beside it: EC2 archives only the snapshots of images that are disabled', 'archive');
    for (const pass of ['disable', 'deregister'] as const) {
      if (rule[pass] && !rule.deprecate)
        say('needs deprecate: {} beside it, since it counts from the deprecation', pass);
    }
    for (const [earlier, later] of [
      ['disable', 'archive'],
      [rule.archive ? 'archive' : 'disable', 'deregister'],
    ] as const) {
      const [first, then] = [rule[earlier]?.after.milliseconds, rule[later]?.after.milliseconds];
      if (first !== undefined && then !== undefined && then < first)
        say(`must not be shorter than ${earlier}.after`, later, 'after');
    }
    if (!rule.public) return;
    if (!rule.deprecate) say('needs deprecate: {} beside it: lookups move on first', 'public');
    if (rule.disable)
      say('cannot stand beside public: disabling makes an image private, and nothing undoes that', 'disable');
    for (const key of ['after', 'notice'] as const) {
      const given = rule.deregister?.[key];
      if (given && given.milliseconds < LEAST_OF_PUBLIC.milliseconds)
        say(`must be at least ${LEAST_OF_PUBLIC.text} beside public: true`, 'deregister', key);
    }
  })
  .transform(
    ({
      groupBy = [],
      keep,
      expire,
      deprecate,
      disable,
      archive,
      deregister,
      snapshots = 'delete',
      ...others
    }): Rule => {
      const base = {
        ...others,
        deprecate: deprecate !== undefined,
        ...(disable && { disable: stepOf(disable) }),
        ...(archive && { archive: stepOf(archive) }),
        ...(deregister && { deregister: stepOf(deregister, others.public) }),
        snapshots,
      };
      if (expire) return { ...base, kind: 'expiry', expireTag: expire.tag, expireAs: expire.as ?? 'date' };
      if (keep === 'always') return { ...base, kind: 'permanent' };
      return {
        ...base,
        kind: 'retention',
        groupBy,
        keep: { ...keep, copiesOfKept: keep?.copiesOfKept ?? false, ancestorsOfKept: keep?.ancestorsOfKept ?? false },
      };
    },
  );
