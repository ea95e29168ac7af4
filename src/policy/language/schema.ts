import * as z from 'zod';
import { SOURCES } from '../../model/reference.ts';
import { addressFaults } from './schema-addresses.ts';
import { count, countFromZero, duration, fault, glob, imageId, percent, secretLocation, text } from './schema-parts.ts';
import { ruleSchema } from './schema-rules.ts';
import { sharedWithAccountSchema, targetsSchema } from './schema-targets.ts';

const protect = z.strictObject({
  tags: z
    .record(glob.min(1), glob)
    .optional()
    .describe('Images and snapshots with any of these tags stay: globs on key and value.'),
  images: z.array(imageId).optional().describe('Images that stay, by id.'),
});

const mayBeEmpty = z
  .boolean()
  .optional()
  .describe('Whether it is all right that nothing is there. Left out: false, and then every image is kept.');

const references = z.strictObject({
  launchTemplateVersions: z
    .union([
      z.enum(['in-use', 'all']),
      z.strictObject({ newest: count.describe('The versions in use and this many of the newest.') }),
    ])
    .optional()
    .describe(
      'Which launch template versions count as use: in-use ($Default, $Latest and what anything names), { newest: N } or all.',
    ),
  sharedImages: z
    .enum(['keep', 'evaluate'])
    .optional()
    .describe(
      'Whether images that are shared with other accounts are always kept, or decided by their use; with targets, by what is known of those accounts. Left out: keep.',
    ),
  ssmParameters: z
    .array(
      z.union([glob.min(1), z.strictObject({ name: glob.min(1).describe('A glob of parameter names.'), mayBeEmpty })]),
    )
    .optional()
    .describe('Name globs of text parameters to search for image ids.'),
  documents: z
    .array(z.union([text, z.strictObject({ path: text.describe('A file, or s3://bucket/prefix.'), mayBeEmpty })]))
    .optional()
    .describe('Files and s3://bucket/prefix places to search for image ids.'),
  off: z
    .array(z.enum(SOURCES))
    .optional()
    .describe('Sources that are not looked at. What only they know counts as unreferenced.'),
});

const slack = z
  .strictObject({
    token: secretLocation.optional().describe('Where the bot token lies: ssm:NAME or secretsmanager:NAME.'),
    webhook: secretLocation.optional().describe('Where the address of an incoming webhook lies, instead of a token.'),
    channel: text.optional().describe('The platform channel, such as #platform-images.'),
    signingSecret: secretLocation
      .optional()
      .describe('Where the signing secret of the Slack app lies. With it, messages have buttons to keep images.'),
  })
  .superRefine(({ token, webhook, channel, signingSecret }, context) => {
    if ((token === undefined) === (webhook === undefined)) {
      context.addIssue(fault('needs either token or webhook'));
    } else if (token !== undefined && channel === undefined) {
      context.addIssue(fault('needs channel beside token'));
    } else if (token === undefined && signingSecret !== undefined) {
      context.addIssue(fault('needs token: who pressed a button is looked up with it', ['signingSecret']));
    }
  });

const sns = z.strictObject({
  topicArn: z
    .string()
    .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, {
      error: 'must be the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:platform-images',
    })
    .describe('The topic that every message goes to.'),
});

const notify = z
  .strictObject({
    slack: slack.optional().describe('Messages by Slack.'),
    sns: sns.optional().describe('The same messages as plain text, where there is no Slack.'),
    remindBefore: duration
      .optional()
      .describe('How long before an image is deregistered its owner is reminded. Left out: 3d.'),
    tellOwnersOnDryRun: z
      .boolean()
      .optional()
      .describe('Whether owners hear of a dry run too. Left out: false; the platform channel alone hears of it.'),
  })
  .superRefine(({ slack, sns }, context) => {
    if ((slack === undefined) === (sns === undefined)) {
      context.addIssue(fault('needs either slack or sns'));
    }
  });

/** The policy file as people write it. */
export const policySchema = z
  .strictObject({
    version: z.literal(1).describe('The version of this language.'),
    targets: targetsSchema
      .optional()
      .describe('The accounts and Regions of an organization that one run goes through. Left out: this account alone.'),
    protect: protect.optional().describe('What stays whatever the rules say.'),
    references: references.optional().describe('How uses of images are looked for.'),
    rules: z.array(ruleSchema).describe('The first rule that selects an image owns it; what none selects is kept.'),
    orphanSnapshots: z
      .strictObject({
        deleteAfter: duration.describe('How long after this tool first marked the snapshot, such as 30d.'),
      })
      .optional()
      .describe('Deletes snapshots whose image others removed. Left out: they are reported only.'),
    sharedWithAccount: sharedWithAccountSchema
      .optional()
      .describe("Other accounts' images that are shared with an account and not used there. Left out: not looked at."),
    undo: z
      .enum(['recycle-bin', 'none'])
      .optional()
      .describe(
        'recycle-bin: what no Recycle Bin retention rule covers is not removed; none: it is removed all the same. Left out: recycle-bin.',
      ),
    limits: z
      .strictObject({
        perRun: countFromZero
          .optional()
          .describe('At most this many actions in each pass, oldest first. Left out: 50.'),
        stopAbove: percent
          .optional()
          .describe('A pass does nothing where more of all images than this are due. Left out: 25%.'),
      })
      .optional()
      .describe('Limits of each pass of a run.'),
    notify: notify.optional().describe('Who is told, before anything happens to their images.'),
    owners: z
      .strictObject({
        tag: text.max(127).optional().describe('The tag that names an image owner. Left out: Owner.'),
        fallback: text.optional().describe('Who is told where an image has no known owner.'),
        aliases: z
          .record(text, text)
          .optional()
          .describe('Other names for owners, such as a channel for a mail address.'),
        platformGroup: z
          .union([text, z.array(text).min(1)])
          .optional()
          .describe('Who may keep any image from Slack: user ids, mail addresses, channels or user groups (S…).'),
      })
      .optional()
      .describe('How the owner of an image is found.'),
  })
  .superRefine((policy, context) => {
    for (const one of addressFaults(policy)) context.addIssue(one);
    const { rules } = policy;
    const seen = new Set<string>();
    rules.forEach(({ name }, index) => {
      if (seen.has(name)) context.addIssue(fault('is the name of an earlier rule', ['rules', index, 'name']));
      seen.add(name);
    });
  });

export type PolicyFile = z.output<typeof policySchema>;

/** The JSON Schema of the policy file, for editors. */
export function policySchemaJson(): Record<string, unknown> {
  return { title: 'ami-janitor policy', ...z.toJSONSchema(policySchema) };
}
