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
  readonly retryAfterSeconds: number;
  /** Slack's own word, where there is one: `is_archived`, `users_not_found`. */
  readonly code: string;
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

/** Slack's client as this tool uses it: one try a call, and what to do next is decided here, not in the client. */
export function slackClient(
  token: string,
  apiUrl: string | undefined,
  { timeoutMilliseconds }: DeliveryTiming,
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
    return { ...none, kind: kindOf(code), code, sentence: `Slack says ${code}` };
  }
  if (error instanceof WebAPIHTTPError)
    return { ...none, kind: 'unsure', sentence: `Slack answered with status ${error.statusCode}` };
  const cause = error instanceof WebAPIRequestError ? error.original : error;
  const why = cause instanceof Error ? cause.name : 'unknown';
  return { ...none, kind: 'unsure', sentence: `Slack did not answer (${why})` };
}

function kindOf(code: string): SlackFailure['kind'] {
  if (TOKEN.test(code)) return 'credentials';
  if (TOKEN_OR_RECIPIENT.test(code)) return 'doubtful';
  return ITS_OWN_FAULT.test(code) ? 'unsure' : 'refused';
}
