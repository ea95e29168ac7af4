import { createHmac, timingSafeEqual } from 'node:crypto';

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
