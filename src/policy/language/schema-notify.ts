import * as z from 'zod';
import { type Address, addressOf } from '../../model/address.ts';
import type { Duration, NotifySettings } from '../../model/policy.ts';
import { type CustomIssue, duration, issue, optional, secretLocation, text } from './schema-parts.ts';

const THREE_DAYS: Duration = { text: '3d', milliseconds: 3 * 86_400_000 };

const slack = z
  .strictObject({
    token: optional('Where the bot token lies: ssm:NAME or secretsmanager:NAME.', secretLocation),
    webhook: optional('Where the address of an incoming webhook lies, instead of a token.', secretLocation),
    channel: optional('The platform channel, such as #platform-images.', text),
    signingSecret: optional(
      'Where the signing secret of the Slack app lies. With it, messages have buttons to keep images.',
      secretLocation,
    ),
  })
  .superRefine(({ token, webhook, channel, signingSecret }, context) => {
    if ((token === undefined) === (webhook === undefined)) {
      context.addIssue(issue('needs either token or webhook'));
    } else if (token !== undefined && channel === undefined) {
      context.addIssue(issue('needs channel beside token'));
    } else if (token === undefined && signingSecret !== undefined) {
      context.addIssue(issue('needs token: who pressed a button is looked up with it', ['signingSecret']));
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

/** Who is notified, how, and when. */
export const notifySchema = z
  .strictObject({
    slack: optional('Messages by Slack.', slack),
    sns: optional('The same messages as plain text, where there is no Slack.', sns),
    remindBefore: optional('How long before an image is deregistered its owner is reminded. Left out: 3d.', duration),
    tellOwnersOnDryRun: optional(
      'Whether owners hear of a dry run too. Left out: false; the platform channel alone hears of it.',
      z.boolean(),
    ),
  })
  .superRefine(({ slack, sns }, context) => {
    if ((slack === undefined) === (sns === undefined)) {
      context.addIssue(issue('needs either slack or sns'));
    }
  })
  .transform(({ remindBefore = THREE_DAYS, tellOwnersOnDryRun = false, ...ways }): NotifySettings => {
    return { ...ways, remindBefore, tellOwnersOnDryRun };
  });

/** How the owner of an image is found. */
export const ownersSchema = z.strictObject({
  tag: optional('The tag that names an image owner. Left out: Owner.', text.max(127)),
  fallback: optional('Who is told where an image has no known owner.', text),
  aliases: optional('Other names for owners, such as a channel for a mail address.', z.record(text, text)),
  platformGroup: optional(
    'Who may keep any image from Slack: user ids, mail addresses, channels or user groups (S…).',
    z.union([text, z.array(text).min(1)]),
  ),
});

/** The parts of a policy in which people and channels of Slack stand. */
interface Addressed {
  readonly notify?: NotifySettings | undefined;
  readonly owners?: z.output<typeof ownersSchema> | undefined;
}

const CONVERSATIONS = 'a channel (#name or C…), a person (@name, U… or a mail address)';

/** What is wrong with the addresses of a policy that notifies people by Slack; nobody would be notified, or could answer. */
export function addressIssues({ notify, owners = {} }: Addressed): CustomIssue[] {
  const { slack } = notify ?? {};
  if (slack?.token === undefined) return [];
  const { fallback, aliases = {}, platformGroup = [] } = owners;
  const groups = typeof platformGroup === 'string' ? [platformGroup] : platformGroup;
  return [
    ...issuesOf(
      slack.channel,
      ['notify', 'slack', 'channel'],
      ({ kind }) => kind.startsWith('channel'),
      'must be a channel: #name or C…',
    ),
    ...issuesOf(fallback, ['owners', 'fallback'], isConversation, `must be ${CONVERSATIONS}`),
    ...Object.entries(aliases).flatMap(([name, address]) =>
      issuesOf(address, ['owners', 'aliases', name], isConversation, `must be ${CONVERSATIONS}`),
    ),
    ...groups.flatMap((address, index) =>
      issuesOf(
        address,
        ['owners', 'platformGroup', ...(typeof platformGroup === 'string' ? [] : [index])],
        () => true,
        `must be ${CONVERSATIONS} or a user group (S…)`,
      ),
    ),
  ];
}

function issuesOf(
  written: string | undefined,
  path: (string | number)[],
  fits: (address: Address) => boolean,
  message: string,
): CustomIssue[] {
  if (written === undefined) return [];
  const address = addressOf(written);
  return address !== undefined && fits(address) ? [] : [issue(message, path)];
}

/** A user group has no conversation. */
function isConversation({ kind }: Address): boolean {
  return kind !== 'group-id';
}
