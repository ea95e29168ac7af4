import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { DeliveryTiming } from '../delivery.ts';

/** What went wrong with a call, by what is to be done about it. */
export interface SlackFailure {
  readonly kind: /** Not done; to be done later. */
    | 'rate-limited'
    /** Done or not: nobody can tell. */
    | 'unsure'
    /** Not done, and never will be for this recipient. */
    | 'refused'
    /** Not done: either this recipient's problem or the token's; `auth.test` tells which. */
    | 'doubtful'
    /** Nothing at all can be done with this token. */
    | 'credentials'
    /** Not done: there was no time left to wait for an answer. */
    | 'late';
  /** How long Slack asks to wait, where it does. */
  readonly retryAfterSeconds?: number;
  readonly sentence: string;
}

/** An answer of Slack's, or what went wrong. */
export type SlackResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: SlackFailure };

const TOKEN = /^(not_authed|invalid_auth|account_inactive|token_revoked|token_expired)$/;
/** Slack documents these for a token, and answers them for a single channel too: one under a key of its own, say. */
const TOKEN_OR_RECIPIENT =
  /^(no_permission|org_login_required|ekm_access_denied|access_denied|team_access_not_granted|enterprise_is_restricted)$/;
const ITS_OWN_FAULT =
  /^(internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org|accesslimited)$/;

const READ_TRIES = 6;
const TEST_TRIES = 3;

/**
 * Calls to Slack with one token, within the time that there is: none is begun that could end too late. Each is tried
 * once, and what to do next is decided here, not in Slack's client. Where Slack leaves open whether a refusal is the
 * token's or the recipient's, it is asked about the token, once.
 */
export class SlackSession {
  readonly client: WebClient;
  readonly timing: DeliveryTiming;
  #doubt: Promise<SlackFailure['kind']> | undefined;

  /** @param apiUrl another Slack than Slack's own, for tests */
  constructor(token: string, apiUrl: string | undefined, timing: DeliveryTiming) {
    this.timing = timing;
    this.client = new WebClient(token, {
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: timing.timeoutMilliseconds,
      allowAbsoluteUrls: false,
      // The client's own log could hold what was sent.
      logger: {
        debug: () => {},
        info: () => {},
        warn: () => {},
        error: () => {},
        setLevel: () => {},
        getLevel: () => LogLevel.ERROR,
        setName: () => {},
      },
      ...(apiUrl !== undefined && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    });
  }

  /** Makes a call once, if there is time left for it to hang. */
  async once<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
    const result = await this.#inTime(call);
    if (result.ok || result.failure.kind !== 'doubtful') return result;
    this.#doubt ??= this.#askAboutToken();
    const kind = await this.#doubt;
    // Asked again for the next: what nobody could say now may be said then.
    if (kind === 'rate-limited' || kind === 'late') this.#doubt = undefined;
    return { ok: false, failure: { ...result.failure, kind } };
  }

  /** Makes a call that changes nothing, again and again until Slack answers it. */
  read<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
    return this.#again(READ_TRIES, () => this.once(call));
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

  async #inTime<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
    if (!this.timing.isTimeLeft(this.timing.timeoutMilliseconds)) return { ok: false, failure: LATE };
    try {
      return { ok: true, answer: await call() };
    } catch (error) {
      return { ok: false, failure: failureOfSlack(error) };
    }
  }

  async #again<Answer>(most: number, once: () => Promise<SlackResult<Answer>>): Promise<SlackResult<Answer>> {
    for (let tries = 1; ; tries += 1) {
      const result = await once();
      if (result.ok || !isPassing(result.failure) || tries >= most) return result;
      if (!(await waitWithin(this.timing, result.failure, tries))) return result;
    }
  }

  /** Whose a doubtful failure is; where Slack can't say now, the call that it refused may be made later. */
  async #askAboutToken(): Promise<SlackFailure['kind']> {
    const result = await this.#again(TEST_TRIES, () => this.#inTime(() => this.client.auth.test()));
    if (result.ok) return 'refused';
    if (result.failure.kind === 'late') return 'late';
    return isPassing(result.failure) ? 'rate-limited' : 'credentials';
  }
}

/** True where another try may do. */
export function isPassing({ kind }: SlackFailure): boolean {
  return kind === 'rate-limited' || kind === 'unsure';
}

/** Waits as Slack asks, or longer each time; false where there is no time left for that and another call. */
export async function waitWithin(
  timing: DeliveryTiming,
  { retryAfterSeconds }: Pick<SlackFailure, 'retryAfterSeconds'>,
  tries: number,
): Promise<boolean> {
  const milliseconds = retryAfterSeconds === undefined ? Math.min(8000, 500 * 2 ** tries) : retryAfterSeconds * 1000;
  if (!timing.isTimeLeft(milliseconds + timing.timeoutMilliseconds)) return false;
  await timing.sleep(milliseconds);
  return true;
}

/** Why nothing more is begun. */
export const LATE: SlackFailure = { kind: 'late', sentence: 'there was no time left' };

/** What an error of Slack's client means. Its message is not used where it could hold what was sent. */
export function failureOfSlack(error: unknown): SlackFailure {
  if (error instanceof WebAPIRateLimitedError) return limited(Math.max(1, error.retryAfter));
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    return code === 'ratelimited' ? limited(1) : { kind: kindOf(code), sentence: `Slack says ${code}` };
  }
  if (error instanceof WebAPIHTTPError)
    return { kind: 'unsure', sentence: `Slack answered with status ${error.statusCode}` };
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  return { kind: 'unsure', sentence: `Slack did not answer (${cause instanceof Error ? cause.name : 'unknown'})` };
}

function limited(retryAfterSeconds: number): SlackFailure {
  return { kind: 'rate-limited', retryAfterSeconds, sentence: 'Slack limits the rate' };
}

function kindOf(code: string): SlackFailure['kind'] {
  if (TOKEN.test(code)) return 'credentials';
  if (TOKEN_OR_RECIPIENT.test(code)) return 'doubtful';
  return ITS_OWN_FAULT.test(code) ? 'unsure' : 'refused';
}
