import * as z from 'zod';
import { readButtonImages } from '../../src/notify/button-value.ts';
import { readInteraction } from '../../src/notify/interaction/interaction.ts';
import { InteractionLog } from '../../src/notify/interaction/interaction-log.ts';
import { handleInteraction } from '../../src/notify/interaction/keep-interaction.ts';
import { SlackSession } from '../../src/notify/slack/session.ts';
import { connect } from '../builders/in-process.ts';
import { BUCKET } from '../builders/journal.ts';
import { AT_ONCE, type PostedMessage, type SlackServer } from '../notify/slack-server.ts';
import { keepFrom, keepOf } from './people.ts';
import type { Step } from './story.ts';
import type { Witness } from './witness.ts';
import { DAY, type World } from './world.ts';

/** Who is in a team's channel, and in no other. */
export const memberOf = (team: number): string => `U0000TEAM${team}`;

const KEPT_DAYS = { 'keep-30d': 30, 'keep-90d': 90, 'not-mine': 0 } as const;

/**
 * Somebody presses a button under the newest message that has one for an image: of its owner's team, or of another.
 * Who owns the image now keeps it, nobody else does, whatever the message says and however old it is.
 */
export async function press(
  { image: number, button, team, fault }: Extract<Step, { do: 'press' }>,
  world: World,
  slack: SlackServer,
  witness: Witness,
): Promise<void> {
  const { state, time, policy } = world;
  const life = world.life(number);
  const message = slack.posted.findLast(({ blocks }) => life && buttonValue(blocks, button, life.id) !== undefined);
  const value = message && life && buttonValue(message.blocks, button, life.id);
  if (message === undefined || value === undefined || policy.notify?.slack === undefined) return;
  const now = time.milliseconds;
  const by = team === 'owner' ? Number(life?.owner.at(-1)) : team;
  const body = bodyOf(message, value, memberOf(by), now);
  const interaction = readInteraction(body);
  if (interaction === undefined) return witness.found('buttons', `${value} is no button of the tool's`);
  const named = new Set<string>(readButtonImages(value.slice(button.length + 1))?.images.map(({ imageId }) => imageId));
  const lives = [...world.lives.values()].filter(({ id }) => named.has(id) && state.images.has(id));
  const before = new Map(lives.map((one) => [one, keepOf(world, one)]));
  slack.fault = () => undefined;
  const { clients } = connect(state, {
    now: time.now,
    intercept: ({ number }) => (number === fault?.call ? { kind: fault.kind } : {}),
  });
  const call = { body, signature: undefined, timestamp: `${Math.floor(now / 1000)}` };
  const { signal } = new AbortController();
  const result = await handleInteraction({
    ...{ interaction, policy, signal, apiUrl: slack.url, accountId: state.accountId, onEffect: () => {} },
    slack: new SlackSession(slack.token, slack.url, AT_ONCE),
    ec2: () => clients.ec2,
    log: new InteractionLog({ s3: clients.s3, bucket: BUCKET, accountId: state.accountId, call, signal }),
  })
    .catch(() => undefined)
    .finally(() => clients.destroy());
  for (const one of lives) {
    const [was, is] = [before.get(one), keepOf(world, one)];
    const isOwn = one.owner === `#team-${by}`;
    const say = (what: string) => witness.found('buttons', `${button} of ${one.id} by team ${by}: ${what}`);
    if (is !== was && !isOwn) say(`it is kept until ${is}, and it is not theirs`);
    if (is !== was && button === 'not-mine') say(`it is kept until ${is}`);
    if (endOf(is) < endOf(was)) say(`it was kept until ${was}, and now until ${is}`);
    // A date alone is the day's beginning.
    const isKept = endOf(is) > now + (KEPT_DAYS[button] - 1) * DAY;
    if (result?.status === 'done' && isOwn && button !== 'not-mine' && !isKept) say(`it is kept until ${is}`);
    if (is === was) continue;
    keepFrom(world, one, was);
    one.touchedAt = now;
  }
}

const elementSchema = z.object({ value: z.string() });

/** What a button in a message carries for an image. */
function buttonValue(blocks: unknown, button: string, id: string): string | undefined {
  if (typeof blocks !== 'object' || blocks === null) return undefined;
  const { data } = elementSchema.safeParse(blocks);
  if (data?.value.startsWith(`${button} `) === true && data.value.includes(id.slice('ami-'.length))) return data.value;
  for (const inner of Object.values(blocks)) {
    const found = buttonValue(inner, button, id);
    if (found !== undefined) return found;
  }
  return undefined;
}

function bodyOf({ channel, text }: PostedMessage, value: string, userId: string, now: number): string {
  const payload = {
    ...{ type: 'block_actions', user: { id: userId }, channel: { id: channel }, message: { text, blocks: [] } },
    actions: [{ action_id: value.split(' ')[0], action_ts: `${now / 1000}`, value }],
  };
  return `payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** Until when a tag keeps, in milliseconds. */
function endOf(keep: string | undefined): number {
  return keep === 'true' ? Number.POSITIVE_INFINITY : keep === undefined ? 0 : Date.parse(keep);
}
