import { isThrottlingError } from '@smithy/core/retry';
import { type FailureKind, JanitorError } from '../model/errors.ts';
import { denialOf } from './denial.ts';

/** What went wrong on AWS's side, in words that a person can act on. */
export interface AwsFailure {
  readonly kind: FailureKind;
  /** AWS's own error name, where it has one. EC2 has no typed errors: this is what to match on. */
  readonly code: string;
  /** The IAM action that is missing, where AWS says so; not all services do. */
  readonly permission?: string;
  /** One sentence: what happened and what to do next. */
  readonly sentence: string;
}

/** `ForbiddenException` is Image Builder's. */
const DENIED =
  /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|ForbiddenException|Forbidden|AuthorizationErrorException|AuthorizationError|AuthFailure|OptInRequired|Client\.UnauthorizedOperation)$/;
/** Auto Scaling's and Image Builder's words, which the SDK does not take for throttling. */
const THROTTLED = /^(RateExceeded|CallRateLimitExceededException)$/;
const CREDENTIALS =
  /^(CredentialsProviderError|ExpiredToken|ExpiredTokenException|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|TokenProviderError)$/;
/** What a Region answers that does not know the account: it is not enabled, or the credentials are nobody's. */
const UNKNOWN_HERE = /^(InvalidClientTokenId|UnrecognizedClientException)$/;
/** EC2 has one code for credentials that it does not know and for what belongs to others; its words distinguish them. */
const AUTH_FAILURE_CREDENTIALS = /validate the provided access credentials/i;
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|TimeoutError|NetworkingError)$/;
/** The names of what is thrown where an answer can't be read; none of them is a code of AWS's. */
const NO_CODE = /^(Error|SyntaxError|TypeError|RangeError|UnknownError|Unknown)$/;
const BROKEN = /XML parse error|Deserialization error|Unexpected token|is not valid JSON|is not expected/;
/** S3 and Systems Manager have words of their own for what is gone. */
const NOT_FOUND = /NotFound|^NoSuchKey$|^InvalidDocument$|^InvalidDocumentVersion$/;

/**
 * Tells what an error from the SDK means; takes anything that was thrown. Its code decides, and its words only where
 * there is no code; denials come first, since a refusal may say anything.
 */
export function failureOf(error: unknown): AwsFailure {
  if (error instanceof JanitorError) return { kind: error.kind, code: error.name, sentence: error.message };
  const { name, code, message } = partsOf(error);
  if (UNKNOWN_HERE.test(name) || (name === 'AuthFailure' && AUTH_FAILURE_CREDENTIALS.test(message))) {
    const sentence = `AWS does not know the credentials in this Region (${name}: ${firstLine(message)}); enable the Region in the account or leave it out, or set AWS_PROFILE or sign in again`;
    return { kind: 'credentials', code: name, sentence };
  }
  if (DENIED.test(name)) {
    const { why, ...found } = denialOf(name, message);
    return { kind: 'denied', code: name, ...found, sentence: `access denied (${name}): ${why}` };
  }
  if (CREDENTIALS.test(name)) {
    return {
      kind: 'credentials',
      code: name,
      sentence: `AWS did not accept the credentials (${name}: ${firstLine(message)}); set AWS_PROFILE or sign in again`,
    };
  }
  if (THROTTLED.test(name) || (isSdkError(error) && isThrottlingError(error))) {
    return {
      kind: 'throttled',
      code: name,
      sentence: `AWS still throttled the request after all retries (${name}); run again when the account is quieter`,
    };
  }
  if (UNREACHABLE.test(name) || UNREACHABLE.test(code)) {
    return {
      kind: 'unreachable',
      code: code || name,
      sentence: `AWS could not be reached (${code || name}: ${firstLine(message)}); check the network, the Region and AWS_ENDPOINT_URL`,
    };
  }
  if (NO_CODE.test(name) && BROKEN.test(message)) {
    return {
      kind: 'broken-answer',
      code: name,
      sentence: "the endpoint's answer is not AWS's; check AWS_ENDPOINT_URL and any proxy before it",
    };
  }
  const kind = NOT_FOUND.test(name) ? 'not-found' : 'other';
  return { kind, code: name, sentence: `${name}: ${firstLine(message)}` };
}

/** Whether something that was thrown is an error, as the SDK's own classification takes one. */
export function isSdkError(error: unknown): error is Parameters<typeof isThrottlingError>[0] {
  return error instanceof Error;
}

function partsOf(error: unknown): { name: string; code: string; message: string } {
  if (!(error instanceof Error)) return { name: 'UnknownError', code: '', message: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return { name: error.name, code, message: error.message };
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
