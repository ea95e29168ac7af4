import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Policy } from '../../model/policy.ts';
import { counted } from '../../text/format.ts';
import { BUTTONS } from '../button-value.ts';
import type { DeliveryTiming } from '../delivery.ts';
import { callOnce, slackClient } from '../slack/calls.ts';
import { SlackSession } from '../slack/session.ts';
import { changedMessage } from './changed-message.ts';
import type { Interaction } from './interaction.ts';
import { type InteractionLog, type KeepRecord, wantedBy } from './interaction-log.ts';
import { type KeptImage, keepLongest, readImages } from './keep-tag.ts';
import { keptLine } from './kept-line.ts';
import { Permission } from './permission.ts';
import { respond, sentence } from './response.ts';

/** What carrying out a press needs. */
export interface KeepRequest {
  readonly press: Interaction;
  readonly policy: Policy;
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly timing: DeliveryTiming;
  /** The account that the function works for; presses on other accounts' images are refused. */
  readonly accountId: string;
  readonly ec2: (region: string) => EC2Client;
  readonly log: InteractionLog;
  /** Aborted when the answer is due: nothing is written after that. */
  readonly signal: AbortSignal;
  /** Called when the press has had its effect; what fails afterwards makes it no failure. */
  readonly onEffect: () => void;
}

/** How a press ended. Why it was refused or failed is for the log alone. */
export type Kept =
  /** It had its effect; `problems` tell what else went wrong. */
  | { readonly status: 'done'; readonly kept: number; readonly problems: readonly string[] }
  /** There was nothing to do, and the person who pressed was told so. */
  | { readonly status: 'told'; readonly problems: readonly string[] }
  | { readonly status: 'failed'; readonly problems: readonly string[] }
  | { readonly status: 'refused'; readonly why: string };

interface ImageInRegion extends KeptImage {
  readonly region: string;
}

const DAY = 86_400_000;

/**
 * Does what a button says, for the images that the person who pressed it may speak for: looks at the images as they
 * are now, records the press, sets their tag, and writes into the message who did what.
 */
export async function carryOut(request: KeepRequest): Promise<Kept> {
  const { press, accountId, log } = request;
  if (press.images.accountId !== accountId) return refused('the images are of another account');
  const images = await presentImages(request);
  if (images.length === 0) return { status: 'told', problems: await tellPresser(request, goneSentence(press)) };
  const allowed = await allowedOf(request, images);
  if (allowed.length === 0) return refused('the person may not speak for any of the images');
  const { keepDays } = BUTTONS[press.button];
  const until =
    keepDays === undefined
      ? undefined
      : new Date(press.pressedAt.getTime() + keepDays * DAY).toISOString().slice(0, 'YYYY-MM-DD'.length);
  if ((await log.begin(recordOf(press, until, allowed))) === 'done') return refused('the same call came before');
  return until === undefined ? notMine(request, allowed) : keep(request, allowed, until);
}

async function keep(request: KeepRequest, allowed: readonly ImageInRegion[], until: string): Promise<Kept> {
  const { press, log, onEffect, ec2, signal } = request;
  const kept = new Map<ImageId, string>();
  const problems: string[] = [];
  for (const [region, list] of Map.groupBy(allowed, (image) => image.region)) {
    const imageIds = list.map(({ imageId }) => imageId);
    const wantedByOthers = async () => wantedBy(await log.recent(), region);
    try {
      const now = await keepLongest({ ec2: ec2(region), imageIds, until, signal, wantedByOthers });
      for (const [imageId, value] of now) kept.set(imageId, value);
    } catch (error) {
      problems.push(`${region}: ${failureOf(error).sentence}`);
    }
  }
  if (problems.length > 0) {
    problems.push(...(await tellPresser(request, 'Not every image could be kept. Please press again.')));
    return { status: 'failed', problems };
  }
  onEffect();
  problems.push(...(await finished(log)));
  problems.push(...(await respond(request, changedMessage(press, keptLine(press.userId, kept, until)))));
  return { status: 'done', kept: kept.size, problems };
}

/** The platform's people hear that an owner tag is wrong; the images are not touched. */
async function notMine(request: KeepRequest, images: readonly ImageInRegion[]): Promise<Kept> {
  const { press, policy, token, apiUrl, timing, log, signal, onEffect } = request;
  const channel = policy.notify?.slack?.channel ?? '';
  const ids = images.map(({ imageId }) => imageId);
  const text = `<@${press.userId}> says that ${counted(ids.length, 'image')} of account ${press.images.accountId} are not theirs: ${ids.slice(0, 40).join(', ')}`;
  signal.throwIfAborted();
  const posted = await callOnce(() =>
    slackClient(token, apiUrl, timing).chat.postMessage({ channel, text, link_names: false }),
  );
  if (!posted.ok) {
    const told = await tellPresser(
      request,
      'The platform channel could not be told. Please press again, or tell them.',
    );
    return { status: 'failed', problems: [posted.failure.sentence, ...told] };
  }
  onEffect();
  const [only, ...others] = ids;
  const which = others.length === 0 ? (only ?? '') : counted(ids.length, 'image');
  const line = `<@${press.userId}>: not mine: ${which}`;
  const problems = [...(await finished(log)), ...(await respond(request, changedMessage(press, line)))];
  return { status: 'done', kept: 0, problems };
}

async function presentImages({ press, policy, ec2, signal }: KeepRequest): Promise<ImageInRegion[]> {
  const byRegion = Map.groupBy(press.images.images, ({ region }) => region);
  const lists = await Promise.all(
    [...byRegion].map(async ([region, list]): Promise<ImageInRegion[]> => {
      const ids: ImageId[] = list.map(({ imageId }) => imageId);
      return (await readImages(ec2(region), ids, policy.owners.tag, signal)).map((image) => ({ ...image, region }));
    }),
  );
  return lists.flat();
}

async function allowedOf(
  { press, policy, token, apiUrl, timing }: KeepRequest,
  images: readonly ImageInRegion[],
): Promise<ImageInRegion[]> {
  const session = new SlackSession(slackClient(token, apiUrl, timing), timing);
  const permission = new Permission(session, policy, press);
  const may = await Promise.all(images.map(({ owner }) => permission.speaksFor(owner)));
  return images.filter((_, index) => may[index] === true);
}

function recordOf(press: Interaction, until: string | undefined, images: readonly ImageInRegion[]): KeepRecord {
  return {
    schemaVersion: 1,
    action: until === undefined ? 'not-mine' : 'keep',
    accountId: press.images.accountId,
    slackUserId: press.userId,
    pressedAt: press.pressedAt.toISOString(),
    ...(until !== undefined && { until }),
    images: images.map(({ region, imageId, owner }) => ({ region, imageId, ...(owner !== undefined && { owner }) })),
  };
}

/** The tag stands already: that this could not be written down means no more than that the same call may come again. */
async function finished(log: InteractionLog): Promise<string[]> {
  try {
    await log.finish();
    return [];
  } catch (error) {
    return [`that it is done could not be recorded: ${failureOf(error).sentence}`];
  }
}

async function tellPresser(request: KeepRequest, text: string): Promise<string[]> {
  return respond(request, sentence(text));
}

function goneSentence({ images: { images } }: Interaction): string {
  const [only, ...others] = images;
  return others.length === 0
    ? `The image ${only?.imageId} is gone, so it cannot be kept.`
    : `All ${images.length} images are gone, so none can be kept.`;
}

function refused(why: string): Kept {
  return { status: 'refused', why };
}
