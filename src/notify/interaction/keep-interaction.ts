import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Policy } from '../../model/policy.ts';
import { counted, DAY, day } from '../../text/format.ts';
import { BUTTONS } from '../button-value.ts';
import type { Interaction } from './interaction.ts';
import type { InteractionLog, KeepRecord } from './interaction-log.ts';
import { keepLongest, readTags } from './keep-tag.ts';
import { Permission } from './permission.ts';
import { changedMessage, ephemeral, keptLine, type ResponseRequest, respond } from './response.ts';

/** What handling an interaction needs. */
export interface InteractionRequest extends ResponseRequest {
  readonly policy: Policy;
  /** The account that the function works for; interactions about other accounts' images are refused. */
  readonly accountId: string;
  readonly ec2: (region: string) => EC2Client;
  readonly log: InteractionLog;
  /** Called when the interaction has had its effect; what fails afterwards makes it no failure. */
  readonly onEffect: () => void;
}

/** How an interaction ended. Why it was refused or failed is for the log alone. */
export type InteractionResult =
  /** It had its effect; `problems` say what else went wrong. */
  | { readonly status: 'done'; readonly kept: number; readonly problems: readonly string[] }
  /** There was nothing to do, and the person was told so. */
  | { readonly status: 'told'; readonly problems: readonly string[] }
  | { readonly status: 'failed'; readonly problems: readonly string[] }
  | { readonly status: 'refused'; readonly why: string };

/** An image that is there: where, and whose it is. */
type PresentImage = KeepRecord['images'][number] & { readonly imageId: ImageId };

/**
 * Does what a button says, for the images that the person may speak for: reads the images as they are now, records the
 * interaction, sets their tag, and writes into the message who did what.
 */
export async function handleInteraction(request: InteractionRequest): Promise<InteractionResult> {
  const { interaction, policy, slack, accountId, log } = request;
  if (interaction.images.accountId !== accountId) return refused('the images are of another account');
  const images = await presentImages(request);
  if (images.length === 0)
    return { status: 'told', problems: await respond(request, ephemeral(goneSentence(interaction))) };
  const permission = new Permission(slack, policy, interaction);
  const may = await Promise.all(images.map(({ owner }) => permission.speaksFor(owner)));
  const allowed = images.filter((_, index) => may[index] === true);
  if (allowed.length === 0) return refused('the person may not speak for any of the images');
  const { keepDays } = BUTTONS[interaction.button];
  const end = keepDays === undefined ? undefined : new Date(interaction.at.getTime() + keepDays * DAY);
  const until = end && day(end.toISOString());
  const record: KeepRecord = {
    schemaVersion: 1,
    action: until === undefined ? 'not-mine' : 'keep',
    accountId,
    slackUserId: interaction.userId,
    pressedAt: interaction.at.toISOString(),
    ...(until !== undefined && { until }),
    images: allowed,
  };
  if (!(await log.begin(record))) return refused('the same call came before');
  return until === undefined ? notMine(request, allowed) : keep(request, allowed, until);
}

async function keep(
  request: InteractionRequest,
  allowed: readonly PresentImage[],
  until: string,
): Promise<InteractionResult> {
  const { interaction, log, ec2, signal } = request;
  const kept = new Map<ImageId, string>();
  const problems: string[] = [];
  for (const [region, list] of Map.groupBy(allowed, (image) => image.region)) {
    const imageIds = list.map(({ imageId }) => imageId);
    const wantedByOthers = () => log.wantedByOthers(region);
    try {
      const now = await keepLongest({ ec2: ec2(region), imageIds, until, signal, wantedByOthers });
      for (const [imageId, value] of now) kept.set(imageId, value);
    } catch (error) {
      problems.push(`${region}: ${failureOf(error).sentence}`);
    }
  }
  if (problems.length > 0) return failed(request, problems, 'Not every image could be kept. Please press again.');
  return done(request, kept.size, keptLine(interaction.userId, kept, until));
}

/** The platform's people hear that an owner tag is wrong; the images are not touched. */
async function notMine(request: InteractionRequest, images: readonly PresentImage[]): Promise<InteractionResult> {
  const { interaction, policy, slack, signal } = request;
  const { userId } = interaction;
  const channel = policy.notify?.slack?.channel ?? '';
  const ids = images.map(({ imageId }) => imageId);
  const text = `<@${userId}> says that ${counted(ids.length, 'image')} of account ${interaction.images.accountId} are not theirs: ${ids.slice(0, 40).join(', ')}`;
  signal.throwIfAborted();
  const posted = await slack.once(() => slack.client.chat.postMessage({ channel, text, link_names: false }));
  if (!posted.ok) {
    const next = 'The platform channel could not be told. Please press again, or tell them.';
    return failed(request, [posted.failure.sentence], next);
  }
  const which = ids.length === 1 ? ids[0] : counted(ids.length, 'image');
  return done(request, 0, `<@${userId}>: not mine: ${which}`);
}

async function failed(
  request: InteractionRequest,
  problems: readonly string[],
  next: string,
): Promise<InteractionResult> {
  return { status: 'failed', problems: [...problems, ...(await respond(request, ephemeral(next)))] };
}

async function done(request: InteractionRequest, kept: number, line: string): Promise<InteractionResult> {
  const { interaction, log, onEffect } = request;
  onEffect();
  // The tag stands already: where this can't be recorded, no more happens than that the same call may come again.
  const unfinished = await log.finish().then(
    () => [],
    (error: unknown) => [`that it is done could not be recorded: ${failureOf(error).sentence}`],
  );
  const unchanged = await respond(request, changedMessage(interaction, line));
  return { status: 'done', kept, problems: [...unfinished, ...unchanged] };
}

async function presentImages({ interaction, policy, ec2, signal }: InteractionRequest): Promise<PresentImage[]> {
  const byRegion = Map.groupBy(interaction.images.images, ({ region }) => region);
  const lists = await Promise.all(
    [...byRegion].map(async ([region, list]): Promise<PresentImage[]> => {
      const ids = list.map(({ imageId }) => imageId);
      return (await readTags(ec2(region), ids, signal)).map(([imageId, tags]) => {
        const owner = tags.get(policy.owners.tag);
        return { region, imageId, ...(owner !== undefined && { owner }) };
      });
    }),
  );
  return lists.flat();
}

function goneSentence({ images: { images } }: Interaction): string {
  const [only, ...others] = images;
  return others.length === 0
    ? `The image ${only?.imageId} is gone, so it cannot be kept.`
    : `All ${images.length} images are gone, so none can be kept.`;
}

function refused(why: string): InteractionResult {
  return { status: 'refused', why };
}
