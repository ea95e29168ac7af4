import type { EC2Client } from '@aws-sdk/client-ec2';
import { failureOf } from '../../aws/errors.ts';
import type { ImageId } from '../../model/ids.ts';
import type { Policy } from '../../model/policy.ts';
import { BUTTONS } from '../button-value.ts';
import { slackClient } from '../slack/calls.ts';
import { SlackSession } from '../slack/session.ts';
import type { SlackTiming } from '../slack/timing.ts';
import { counted } from '../text.ts';
import { changedMessage, isResponseUrl } from './changed-message.ts';
import { type KeptImage, keepsLonger, readImages, setKeep } from './keep-tag.ts';
import { Permission } from './permission.ts';
import type { Press } from './press.ts';

/** What carrying out a press needs. */
export interface KeepRequest {
  readonly press: Press;
  readonly policy: Policy;
  readonly token: string;
  readonly apiUrl: string | undefined;
  readonly timing: SlackTiming;
  /** The account that the function works for; presses on other accounts' images are refused. */
  readonly accountId: string;
  readonly ec2: (region: string) => EC2Client;
  /** Records the press before it has an effect; false where this very call came before. */
  readonly record: (record: KeepRecord) => Promise<boolean>;
}

/** A press in the audit trail. */
export interface KeepRecord {
  readonly schemaVersion: 1;
  readonly action: 'keep' | 'not-mine';
  readonly accountId: string;
  readonly slackUserId: string;
  readonly pressedAt: string;
  readonly until?: string;
  readonly images: readonly { readonly region: string; readonly imageId: string; readonly owner?: string }[];
}

/** How a press ended. Why it was refused is for the log alone. */
export type Kept =
  | { readonly status: 'done'; readonly kept: number; readonly problems: readonly string[] }
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
  const { press, accountId, record } = request;
  if (press.images.accountId !== accountId) return refused('the images are of another account');
  const allowed = await allowedImages(request);
  if (allowed.length === 0) return refused('the person may not speak for any of the images, or they are gone');
  const { keepDays } = BUTTONS[press.button];
  const until =
    keepDays === undefined
      ? undefined
      : new Date(press.pressedAt.getTime() + keepDays * DAY).toISOString().slice(0, 'YYYY-MM-DD'.length);
  const isNew = await record({
    schemaVersion: 1,
    action: until === undefined ? 'not-mine' : 'keep',
    accountId,
    slackUserId: press.userId,
    pressedAt: press.pressedAt.toISOString(),
    ...(until !== undefined && { until }),
    images: allowed.map(({ region, imageId, owner }) => ({ region, imageId, ...(owner !== undefined && { owner }) })),
  });
  if (!isNew) return refused('the same call came before');
  const problems = until === undefined ? await passOn(request, allowed) : await keepAll(request, allowed, until);
  if (problems.length === 0) problems.push(...(await showInMessage(request, allowed, until)));
  return { status: 'done', kept: until === undefined || problems.length > 0 ? 0 : allowed.length, problems };
}

async function allowedImages({ press, policy, token, apiUrl, timing, ec2 }: KeepRequest): Promise<ImageInRegion[]> {
  const byRegion = Map.groupBy(press.images.images, ({ region }) => region);
  const session = new SlackSession(slackClient(token, apiUrl, timing), timing);
  const permission = new Permission(session, policy, press);
  const lists = await Promise.all(
    [...byRegion].map(async ([region, list]): Promise<ImageInRegion[]> => {
      const ids: ImageId[] = list.map(({ imageId }) => imageId);
      return (await readImages(ec2(region), ids, policy.owners.tag)).map((image) => ({ ...image, region }));
    }),
  );
  const images = lists.flat();
  const may = await Promise.all(images.map(({ owner }) => permission.speaksFor(owner)));
  return images.filter((_, index) => may[index] === true);
}

async function keepAll({ ec2 }: KeepRequest, images: readonly ImageInRegion[], until: string): Promise<string[]> {
  const problems: string[] = [];
  for (const [region, list] of Map.groupBy(images, (image) => image.region)) {
    const ids = list.filter((image) => keepsLonger(image, until)).map(({ imageId }) => imageId);
    const problem = ids.length === 0 ? undefined : await setKeep(ec2(region), ids, until);
    if (problem !== undefined) problems.push(`${region}: ${problem}`);
  }
  return problems;
}

/** The platform's people hear that an owner tag is wrong; the images are not touched. */
async function passOn({ press, policy, token, apiUrl, timing }: KeepRequest, images: readonly ImageInRegion[]) {
  const channel = policy.notify?.slack?.channel ?? '';
  const ids = images.map(({ imageId }) => imageId);
  const text = `<@${press.userId}> says that ${counted(ids.length, 'image')} of account ${press.images.accountId} are not theirs: ${ids.slice(0, 40).join(', ')}`;
  try {
    await slackClient(token, apiUrl, timing).chat.postMessage({ channel, text, link_names: false });
    return [];
  } catch (error) {
    return [failureOf(error).sentence];
  }
}

async function showInMessage(
  { press, apiUrl, timing }: KeepRequest,
  images: readonly ImageInRegion[],
  until: string | undefined,
): Promise<string[]> {
  const { responseUrl, userId } = press;
  if (responseUrl === undefined || !isResponseUrl(responseUrl, apiUrl)) return [];
  const [only, ...others] = images;
  const which = others.length === 0 ? (only?.imageId ?? '') : counted(images.length, 'image');
  const line = until === undefined ? `<@${userId}>: not mine: ${which}` : `<@${userId}> keeps ${which} until ${until}`;
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(changedMessage(press, line)),
      redirect: 'error',
      signal: AbortSignal.timeout(timing.timeoutMilliseconds),
    });
    return response.ok ? [] : [`the message could not be changed: status ${response.status}`];
  } catch {
    return ['the message could not be changed: Slack did not answer'];
  }
}

function refused(why: string): Kept {
  return { status: 'refused', why };
}
