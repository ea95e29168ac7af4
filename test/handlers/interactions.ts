import { createHmac } from 'node:crypto';
import type { LambdaFunctionURLEvent } from 'aws-lambda';
import { NOW } from '../scenarios/account.ts';

/** What Slack signs its calls with in these stories. */
export const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';

/** A press of a button, as a story tells it. */
export interface Pressing {
  readonly button?: string;
  readonly by: string;
  readonly on: readonly string[];
  readonly account?: string;
  /** The conversation in which the message stands. */
  readonly channel?: string;
  readonly responseUrl?: string;
  /** Of the message that the button is under. */
  readonly text?: string;
}

let presses = 0;

/** The body of Slack's call; no two are alike. */
export function bodyOf({
  button = 'keep-30d',
  by,
  on,
  account = '123456789012',
  channel = 'DU00000ANN',
  responseUrl,
  text = 'hello',
}: Pressing): string {
  presses += 1;
  const list = on.map((id) => id.slice(4)).join(',');
  const payload = {
    type: 'block_actions',
    user: { id: by },
    channel: { id: channel },
    message: { text, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: 'an image' } }] },
    ...(responseUrl !== undefined && { response_url: responseUrl }),
    actions: [
      {
        action_id: button,
        action_ts: `${NOW.getTime() / 1000}.${presses}`,
        value: `${button} ${account};eu-west-1=${list}`,
      },
    ],
  };
  return `payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** The call with Slack's signature. */
export function signed(body: string, at = Math.floor(Date.now() / 1000), secret = SECRET): LambdaFunctionURLEvent {
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
  return eventOf(body, { 'x-slack-signature': signature, 'x-slack-request-timestamp': String(at) });
}

/** A call of the function URL. */
export function eventOf(body: string, headers: Record<string, string>): LambdaFunctionURLEvent {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers,
    isBase64Encoded: true,
    body: Buffer.from(body).toString('base64'),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'url',
      domainName: 'url.lambda-url.eu-west-1.on.aws',
      domainPrefix: 'url',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'Slackbot 1.0' },
      requestId: 'id',
      routeKey: '$default',
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
  };
}
