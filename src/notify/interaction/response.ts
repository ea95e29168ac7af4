import type { DeliveryTiming } from '../delivery.ts';
import type { Interaction } from './interaction.ts';

/** What answering in Slack takes. */
interface Answering {
  readonly press: Interaction;
  readonly apiUrl: string | undefined;
  readonly timing: DeliveryTiming;
  readonly signal: AbortSignal;
}

/** A sentence that only the person sees who pressed. */
export function sentence(text: string): Record<string, unknown> {
  return { response_type: 'ephemeral', replace_original: false, text };
}

/** Writes to where the message's answers go; says what failed. Nothing rests on it. */
export async function respond(
  { press: { responseUrl }, apiUrl, timing, signal }: Answering,
  body: Record<string, unknown>,
): Promise<string[]> {
  if (responseUrl === undefined || !isResponseUrl(responseUrl, apiUrl)) return [];
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timing.timeoutMilliseconds)]),
    });
    return response.ok ? [] : [`the message could not be changed: status ${response.status}`];
  } catch {
    return ['the message could not be changed: Slack did not answer'];
  }
}

/** True for an address at which Slack takes changes to messages; nothing is sent to any other. */
function isResponseUrl(address: string, apiUrl: string | undefined): boolean {
  const { protocol, hostname, origin } = new URL(address);
  if (protocol === 'https:' && /^hooks\.slack(?:-gov)?\.com$/.test(hostname)) return true;
  return apiUrl !== undefined && origin === new URL(apiUrl).origin;
}
