import * as z from 'zod';
import { type ButtonImages, type ButtonName, isButtonName, readButtonImages } from '../button-value.ts';

/** One press of a button, as Slack tells of it. */
export interface Interaction {
  readonly button: ButtonName;
  readonly images: ButtonImages;
  readonly userId: string;
  /** When it was pressed. */
  readonly pressedAt: Date;
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

/** The press that a signed call tells of; nothing where it is none of this tool's. */
export function readInteraction(body: string): Interaction | undefined {
  const parsed = payload.safeParse(jsonOf(new URLSearchParams(body).get('payload')));
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
    pressedAt: new Date(Number(action.action_ts) * 1000),
    channelId: channel.id,
    responseUrl: response_url,
    message,
  };
}

function jsonOf(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
