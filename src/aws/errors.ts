/** What went wrong on AWS's side, in words that a person can act on. */
export interface AwsFailure {
  readonly kind: 'denied' | 'throttled' | 'credentials' | 'unreachable' | 'not-found' | 'broken-answer' | 'other';
  /** AWS's own error name, where it has one. EC2 has no typed errors: this is what to match on. */
  readonly code: string;
  /** The IAM action that is missing, where AWS says so; not all services do. */
  readonly permission?: string;
  /** One sentence: what happened and what to do next. */
  readonly sentence: string;
}

const DENIED =
  /^(UnauthorizedOperation|AccessDenied|AccessDeniedException|AuthFailure|OptInRequired|Client\.UnauthorizedOperation)$/;
const THROTTLED =
  /^(RequestLimitExceeded|Throttling|ThrottlingException|ThrottledException|RateExceeded|TooManyRequestsException|SlowDown|RequestThrottled|RequestThrottledException|EC2ThrottledException|BandwidthLimitExceeded|PriorRequestNotComplete)$/;
const CREDENTIALS =
  /^(CredentialsProviderError|ExpiredToken|ExpiredTokenException|RequestExpired|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|TokenProviderError)$/;
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|TimeoutError|NetworkingError)$/;
const BROKEN = /XML parse error|Deserialization error|Unexpected token|is not valid JSON|is not expected/;
/** S3 and Systems Manager have words of their own for what is gone. */
const NOT_FOUND = /NotFound|^NoSuchKey$|^InvalidDocument$|^InvalidDocumentVersion$/;
/** `User: arn:… is not authorized to perform: ec2:DescribeImages` */
const PERMISSION = /not authorized to perform:? ([a-zA-Z0-9-]+:[a-zA-Z0-9]+)/;

/** Tells what an error from the SDK means; takes anything that was thrown. */
export function failureOf(error: unknown): AwsFailure {
  const { name, code, message } = partsOf(error);
  if (CREDENTIALS.test(name)) {
    return {
      kind: 'credentials',
      code: name,
      sentence: `AWS did not accept the credentials (${name}: ${firstLine(message)}); set AWS_PROFILE or sign in again`,
    };
  }
  if (DENIED.test(name)) {
    const permission = PERMISSION.exec(message)?.[1];
    const next =
      permission === undefined ? 'the role lacks a permission' : `the role lacks the permission ${permission}`;
    const sentence = `access denied (${name}): ${next}`;
    return { kind: 'denied', code: name, ...(permission === undefined ? {} : { permission }), sentence };
  }
  if (THROTTLED.test(name)) {
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
  if (name === 'BrokenAnswerError') return { kind: 'broken-answer', code: name, sentence: message };
  if (BROKEN.test(message)) {
    return {
      kind: 'broken-answer',
      code: name,
      sentence: "the endpoint's answer is not AWS's; check AWS_ENDPOINT_URL and any proxy before it",
    };
  }
  const kind = NOT_FOUND.test(name) ? 'not-found' : 'other';
  return { kind, code: name, sentence: `${name}: ${firstLine(message)}` };
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
