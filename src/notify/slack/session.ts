import type { WebClient } from '@slack/web-api';
import type { DeliveryTiming } from '../delivery.ts';
import { callOnce, isPassing, type SlackFailure, type SlackResult } from './calls.ts';

const READ_TRIES = 6;
const TEST_TRIES = 3;

/**
 * Calls to Slack with one token, within the time that there is: none is begun that could end too late. Where Slack
 * leaves open whether a refusal is the token's or the recipient's, it is asked about the token, once.
 */
export class SlackSession {
  readonly client: WebClient;
  readonly timing: DeliveryTiming;
  #works: Promise<'refused' | 'credentials' | 'rate-limited' | 'late'> | undefined;

  constructor(client: WebClient, timing: DeliveryTiming) {
    this.client = client;
    this.timing = timing;
  }

  /** Makes a call once, if there is time left for it to hang. */
  async once<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
    const { timeoutMilliseconds, isTimeLeft } = this.timing;
    if (!isTimeLeft(timeoutMilliseconds)) return { ok: false, failure: LATE };
    const result = await callOnce(call);
    if (result.ok || result.failure.kind !== 'doubtful') return result;
    return { ok: false, failure: await this.#whose(result.failure) };
  }

  /** Makes a call that changes nothing, again and again until Slack answers it. */
  async read<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
    let result = await this.once(call);
    for (let tries = 1; tries < READ_TRIES && !result.ok && isPassing(result.failure); tries += 1) {
      if (!(await this.wait(result.failure, tries))) return result;
      result = await this.once(call);
    }
    return result;
  }

  /** Page after page of a list until its last; a page that Slack does not give is the last one. */
  async *pages<Answer extends { response_metadata?: { next_cursor?: string } }>(
    call: (from: { readonly cursor?: string }) => Promise<Answer>,
  ): AsyncGenerator<SlackResult<Answer>> {
    let cursor: string | undefined;
    do {
      const result = await this.read(() => call(cursor === undefined ? {} : { cursor }));
      yield result;
      cursor = (result.ok && result.answer.response_metadata?.next_cursor) || undefined;
    } while (cursor !== undefined);
  }

  /** `waitWithin` the session's time. */
  wait({ retryAfterSeconds }: SlackFailure, tries: number): Promise<boolean> {
    return waitWithin(this.timing, retryAfterSeconds, tries);
  }

  async #whose(failure: SlackFailure): Promise<SlackFailure> {
    this.#works ??= this.#askAboutToken();
    const kind = await this.#works;
    // Asked again for the next: what nobody could say now may be said then.
    if (kind === 'rate-limited' || kind === 'late') this.#works = undefined;
    return { ...failure, kind };
  }

  /** Whose the failure is; where Slack can't say now, the call that it refused may be made later. */
  async #askAboutToken(): Promise<'refused' | 'credentials' | 'rate-limited' | 'late'> {
    for (let tries = 1; ; tries += 1) {
      if (!this.timing.isTimeLeft(this.timing.timeoutMilliseconds)) return 'late';
      const result = await callOnce(() => this.client.auth.test());
      if (result.ok) return 'refused';
      if (!isPassing(result.failure)) return 'credentials';
      if (tries >= TEST_TRIES || !(await this.wait(result.failure, tries))) return 'rate-limited';
    }
  }
}

/** Waits as Slack asks, or longer each time; false where there is no time left for that and another call. */
export async function waitWithin(timing: DeliveryTiming, retryAfterSeconds: number, tries: number): Promise<boolean> {
  const milliseconds = retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : Math.min(8000, 500 * 2 ** tries);
  if (!timing.isTimeLeft(milliseconds + timing.timeoutMilliseconds)) return false;
  await timing.sleep(milliseconds);
  return true;
}

/** Why nothing more is begun. */
export const LATE: SlackFailure = {
  kind: 'late',
  code: '',
  retryAfterSeconds: 0,
  sentence: 'there was no time left',
};
