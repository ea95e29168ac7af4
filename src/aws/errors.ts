import { isThrottlingError } from '@smithy/core/retry';
import { type FailureKind, JanitorError } from '../model/errors.ts';
import { ERROR_CODES, type ErrorCode, type ErrorMeaning, errorCodeOf } from './error-codes.ts';

/** What went wrong on AWS's side, in words that a person can act on. */
export interface AwsFailure {
  readonly kind: FailureKind;
  /** AWS's own error name, where anything is decided by it. EC2 has no typed errors: this is what to match on. */
  readonly code: ErrorCode | undefined;
  /** The IAM action that is missing, where AWS says so; not all services do. */
  readonly permission?: string;
  /** One sentence: what happened and what to do next. */
  readonly sentence: string;
}

const CLOCK_WORDS =
  /signature (?:has )?expired|not yet current|request has expired|must be signed within|time.{0,20}skew/i;
/** EC2 has one code for credentials that it does not know and for what belongs to others; its words distinguish them. */
const AUTH_FAILURE_CREDENTIALS = /validate the provided access credentials/i;
/** The names of what is thrown where an answer can't be read; none of them is a code of AWS's. */
const NO_CODE = /^(Error|SyntaxError|TypeError|RangeError|UnknownError|Unknown)$/;
const BROKEN = /XML parse error|Deserialization error|Unexpected token|is not valid JSON|is not expected/;

/**
 * Tells what an error from the SDK means; takes anything that was thrown. Its code decides, and its words only where
 * there is no code, or where AWS has one code for two things.
 */
export function failureOf(error: unknown): AwsFailure {
  if (error instanceof JanitorError) return { kind: error.kind, code: undefined, sentence: error.message };
  const { name, code: nodeCode, message } = partsOf(error);
  const said = firstLine(message);
  const code = errorCodeOf(name) ?? errorCodeOf(nodeCode);
  const failure = (kind: FailureKind, sentence: string): AwsFailure => ({ kind, code, sentence });
  switch (meaningOf(error, code, message)) {
    case 'unknown-here':
      return failure(
        'credentials',
        `AWS does not know the credentials in this Region (${name}: ${said}); enable the Region in the account or leave it out, or set AWS_PROFILE or sign in again`,
      );
    case 'denied': {
      const { why, ...found } = denialOf(name, message);
      return { ...failure('denied', `access denied (${name}): ${why}`), ...found };
    }
    case 'clock':
      return failure(
        'credentials',
        `the clock here and AWS's differ too much (${name}: ${said}); set this machine's clock`,
      );
    case 'credentials':
      return failure(
        'credentials',
        `AWS did not accept the credentials (${name}: ${said}); set AWS_PROFILE or sign in again`,
      );
    case 'throttled': {
      const next = 'run again when the account is quieter';
      return failure('throttled', `AWS still throttled the request after all retries (${name}); ${next}`);
    }
    case 'unreachable': {
      const next = 'check the network, the Region and AWS_ENDPOINT_URL';
      return failure('unreachable', `AWS could not be reached (${nodeCode || name}: ${said}); ${next}`);
    }
    case 'not-found':
      return failure('not-found', `${name}: ${said}`);
  }
  if (nodeCode === 'ERR_INVALID_URL') {
    const next = 'give one such as https://ec2.eu-west-1.amazonaws.com, or unset it';
    return failure('unreachable', `AWS_ENDPOINT_URL is no address (${endpoint() ?? said}); ${next}`);
  }
  const status = statusOf(error);
  if (NO_CODE.test(name) && (BROKEN.test(message) || status !== undefined)) {
    const next = 'check AWS_ENDPOINT_URL and any proxy before it';
    const facts = [status === undefined ? [] : `HTTP status ${status}`, endpoint() ?? []].flat().join(' from ');
    return failure('broken-answer', `the endpoint's answer is not AWS's${facts && ` (${facts})`}; ${next}`);
  }
  return failure('other', `${name}: ${said}`);
}

function meaningOf(error: unknown, code: ErrorCode | undefined, message: string): ErrorMeaning {
  if (code === 'AuthFailure' && AUTH_FAILURE_CREDENTIALS.test(message)) return 'unknown-here';
  const meaning = code === undefined ? 'other' : ERROR_CODES[code];
  if (meaning === 'credentials' && CLOCK_WORDS.test(message)) return 'clock';
  return meaning === 'other' && isSdkError(error) && isThrottlingError(error) ? 'throttled' : meaning;
}

/** What an answer says of a thing; undefined where the service says, by that code, that it is not there (any more). */
export async function unlessGone<Answer>(code: ErrorCode, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (failureOf(error).code === code) return undefined;
    throw error;
  }
}

/** Whether something that was thrown is an error, as the SDK's own classification takes one. */
export function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}

function partsOf(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: 'UnknownError', code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // An answer to HEAD has no body. The SDK calls its 404 NotFound, and leaves its 403 without a name.
  const name = error.name === 'Unknown' && statusOf(error) === 403 ? 'Forbidden' : error.name;
  return { name, code, message: error.message };
}

/** An error of AWS's own (5xx) is no answer to what was asked. */
export function isServersOwn(error: unknown): boolean {
  return (statusOf(error) ?? 0) >= 500;
}

/** Of an answer that came, its HTTP status. */
function statusOf(error: unknown): number | undefined {
  const { $metadata, $response }: { $metadata?: unknown; $response?: unknown } = Object(error);
  const status = Object($metadata).httpStatusCode ?? Object($response).statusCode;
  return typeof status === 'number' ? status : undefined;
}

/** The host of the endpoint that AWS's settings name, or what they have in its place. */
function endpoint(): string | undefined {
  const { AWS_ENDPOINT_URL: address } = process.env;
  return address !== undefined && URL.canParse(address) ? new URL(address).host : address || undefined;
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

interface Denial {
  /** The IAM action that was refused, where AWS says so. */
  readonly permission?: string;
  /** What is wrong, and AWS's own reason where it gives one; without a full stop. */
  readonly why: string;
}

/** `User: arn:… is not authorized to perform: ec2:DescribeImages on resource: arn:…` */
const PERMISSION = /not authorized to perform:? ([a-zA-Z0-9-]+:[a-zA-Z0-9]+)/;
const RESOURCE = /not authorized to perform:? \S+ on resource: (\S+)/;
/**
 * How AWS says which policy decided
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html).
 */
const EXPLICIT = /with an explicit deny in an? ([a-z -]+?)(?=:|\.|,|$)(?:: (arn:[^\s,]+))?/i;
const IMPLICIT = /because (no ([a-z -]+?) allows the \S+ action)/i;
/** What says no more than the code does, and what nobody can read. */
const EMPTY =
  /^(you are not authorized( to perform this operation)?|access denied|forbidden|denied|unknownerror)?\.?$/i;
const ENCODED = / ?Encoded authorization failure message: \S+/;

/**
 * Reads a denial. A policy that forbids something explicitly wins over every permission, so that it is distinguished from
 * a permission that is missing.
 */
function denialOf(code: string, message: string): Denial {
  const permission = PERMISSION.exec(message)?.[1];
  const found = permission === undefined ? {} : { permission };
  if (code === 'OptInRequired')
    return { ...found, why: 'the account is not signed up for this service; sign up for it or switch the source off' };
  const resource = RESOURCE.exec(message)?.[1];
  const what = `${permission ?? 'it'}${resource === undefined || resource === '*' ? '' : ` on ${resource}`}`;
  const [, policy, arn] = EXPLICIT.exec(message) ?? [];
  if (policy !== undefined) {
    const which = `${policy}${arn === undefined ? '' : ` (${arn})`}`;
    return { ...found, why: `an explicit deny in a ${which} forbids ${what}; a permission of the role does not help` };
  }
  if (permission !== undefined) {
    const [, reason, decided = 'identity-based policy'] = IMPLICIT.exec(message) ?? [];
    const why =
      decided === 'identity-based policy'
        ? `the role lacks the permission ${what}${reason === undefined ? '' : ` (${reason})`}`
        : `${reason}; a permission of the role does not help`;
    return { ...found, why };
  }
  const said = firstSentence(message.replace(ENCODED, ''));
  // AWS did not say which policy decided: it may be the resource's, a key's, an endpoint's or the organization's.
  return { ...found, why: said === '' ? 'the role lacks a permission, or another policy forbids it' : said };
}

function firstSentence(message: string): string {
  const line = (message.split('\n', 1)[0] ?? '').trim();
  if (EMPTY.test(line)) return '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line.replace(/\.$/, '');
}

/** A reading that failed, with why. */
export function unreadable(error: unknown): { readonly status: 'unreadable'; readonly error: string } {
  return { status: 'unreadable', error: failureOf(error).sentence };
}
