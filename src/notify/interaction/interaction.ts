import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import { parseJson } from '../../text/json.ts';
import { type ButtonImages, type ButtonName, isButtonName, readButtonImages } from '../button-value.ts';

/** One interaction with a button, as Slack reports it. */
export interface Interaction {
  readonly button: ButtonName;
  readonly images: ButtonImages;
  readonly userId: string;
  readonly at: Date;
  readonly channelId: string;
  /** Where the message can be changed, for half an hour. */
  readonly responseUrl: string | undefined;
  readonly message: { readonly text: string; readonly blocks: readonly Record<string, unknown>[] };
}

const block = z.looseObject({ type: z.string() });
const payload = z.looseObject({
  type: z.literal('block_actions'),
  user: z.looseObject({ id: z.string().regex(/^[UW][A-Z0-9]{2,20}$/) }),
  channel: z.looseObject({ id: z.string() }),
  message: z.looseObject({ text: z.string().default(''), blocks: z.array(block).max(50).default([]) }),
  response_url: z.url().optional(),
  actions: z
    .array(
      z.looseObject({
        action_id: z.string(),
        action_ts: z.string().regex(/^\d{1,12}(\.\d+)?$/),
        value: z.string().optional(),
        selected_option: z.looseObject({ value: z.string() }).nullish(),
      }),
    )
    .length(1),
});

/** The interaction that a signed call reports; nothing where it is none with a button of this tool's. */
export function readInteraction(body: string): Interaction | undefined {
  const parsed = payload.safeParse(parseJson(new URLSearchParams(body).get('payload') ?? ''));
  const action = parsed.data?.actions[0];
  if (!parsed.success || action === undefined) return undefined;
  const { user, channel, message, response_url } = parsed.data;
  const value = action.selected_option?.value ?? action.value ?? '';
  const space = value.indexOf(' ');
  const button = value.slice(0, Math.max(0, space));
  const images = readButtonImages(value.slice(space + 1));
  if (!isButtonName(button) || images === undefined) return undefined;
  return {
    button,
    images,
    userId: user.id,
    at: new Date(Number(action.action_ts) * 1000),
    channelId: channel.id,
    responseUrl: response_url,
    message,
  };
}

/** A call as it came in; nothing in it is believed before its signature is. */
export interface SignedCall {
  /** The body exactly as it was sent: the signature is over its bytes. */
  readonly body: string;
  readonly signature: string | undefined;
  readonly timestamp: string | undefined;
}

const MOST_SECONDS_OLD = 300;

/** False for a call that can't be Slack's or is old: known without any secret, so that such a call costs nothing. */
export function mayBeSigned({ signature, timestamp }: SignedCall, now: Date): boolean {
  if (signature === undefined || !/^v0=[0-9a-f]{64}$/.test(signature)) return false;
  if (timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= MOST_SECONDS_OLD;
}

/**
 * True for a call that Slack signed with this secret in the last five minutes
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 */
export function isSignedBySlack(call: SignedCall, secret: string, now: Date): boolean {
  if (!mayBeSigned(call, now)) return false;
  const { body, signature = '', timestamp = '' } = call;
  const expected = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(signature));
}
