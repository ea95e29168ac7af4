import {
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from '@slack/web-api';
import type { SlackTiming } from './timing.ts';

/** What went wrong with a call, by what is to be done about it. */
export interface SlackFailure {
  readonly kind: /** Not done; to be done later. */
    | 'rate-limited'
    /** Done or not: nobody can tell. */
    | 'unsure'
    /** Not done, and never will be for this recipient. */
    | 'refused'
    /** Nothing at all can be done with this token. */
    | 'credentials';
  readonly retryAfterSeconds: number;
  /** Slack's own word, where there is one: `is_archived`, `users_not_found`. */
  readonly code: string;
  readonly sentence: string;
}

/** An answer of Slack's, or what went wrong. */
export type SlackResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly failure: SlackFailure };

const TOKEN =
  /^(not_authed|invalid_auth|account_inactive|token_revoked|token_expired|no_permission|org_login_required|ekm_access_denied|access_denied|team_access_not_granted|enterprise_is_restricted)$/;
const ITS_OWN_FAULT =
  /^(internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org|accesslimited)$/;

/** Slack's client as this tool uses it: one try a call, and what to do next is decided here, not in the client. */
export function slackClient(
  token: string,
  apiUrl: string | undefined,
  { timeoutMilliseconds }: SlackTiming,
): WebClient {
  return new WebClient(token, {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMilliseconds,
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

/** Makes a call once. */
export async function callOnce<Answer>(call: () => Promise<Answer>): Promise<SlackResult<Answer>> {
  try {
    return { ok: true, answer: await call() };
  } catch (error) {
    return { ok: false, failure: failureOfSlack(error) };
  }
}

const READ_TRIES = 6;

/** Makes a call that changes nothing, again and again until Slack answers it. */
export async function read<Answer>(call: () => Promise<Answer>, timing: SlackTiming): Promise<SlackResult<Answer>> {
  let result = await callOnce(call);
  for (let tries = 1; tries < READ_TRIES && !result.ok && isPassing(result.failure); tries += 1) {
    if (!(await wait(result.failure, tries, timing))) return result;
    result = await callOnce(call);
  }
  return result;
}

/** Waits as Slack asks, or longer each time; false where there is no time left for that. */
export async function wait({ retryAfterSeconds }: SlackFailure, tries: number, timing: SlackTiming): Promise<boolean> {
  const milliseconds = retryAfterSeconds > 0 ? retryAfterSeconds * 1000 : Math.min(8000, 500 * 2 ** tries);
  if (!timing.isTimeLeft(milliseconds)) return false;
  await timing.sleep(milliseconds);
  return true;
}

/** True where another try may do. */
export function isPassing({ kind }: SlackFailure): boolean {
  return kind === 'rate-limited' || kind === 'unsure';
}

/** What an error of Slack's client means. Its message is not used where it could hold what was sent. */
export function failureOfSlack(error: unknown): SlackFailure {
  const none = { retryAfterSeconds: 0, code: '' };
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterSeconds = Math.max(1, error.retryAfter);
    return { kind: 'rate-limited', code: 'ratelimited', retryAfterSeconds, sentence: 'Slack limits the rate' };
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (code === 'ratelimited') {
      return { kind: 'rate-limited', code, retryAfterSeconds: 1, sentence: 'Slack limits the rate' };
    }
    const kind = TOKEN.test(code) ? 'credentials' : ITS_OWN_FAULT.test(code) ? 'unsure' : 'refused';
    return { ...none, kind, code, sentence: `Slack says ${code}` };
  }
  if (error instanceof WebAPIHTTPError)
    return { ...none, kind: 'unsure', sentence: `Slack answered with status ${error.statusCode}` };
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const why = cause instanceof Error ? cause.name : 'unknown';
  return { ...none, kind: 'unsure', sentence: `Slack did not answer (${why})` };
}
