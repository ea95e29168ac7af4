import { ServiceError } from './error.ts';
import type { AccountState } from './state.ts';

/** One call as the endpoint took it, in the order of arrival. */
export interface Call {
  /** 1 for the first call of this endpoint. */
  readonly number: number;
  readonly service: string;
  readonly operation: string;
  readonly writes: boolean;
  readonly accountId: string;
  readonly region: string;
  readonly input: unknown;
  readonly at: Date;
}

/** How a call ended: `ok`, an error's code, or what a fault did to it. */
export interface LoggedCall extends Call {
  readonly outcome: string;
  /** True where the account may have changed: the operation ran and is one that writes. */
  readonly acted: boolean;
}

/** What an endpoint was asked, for tests that count. */
export class CallLog {
  readonly entries: LoggedCall[] = [];
  /** What was asked against AWS's published models, in words. */
  readonly invalid: string[] = [];

  add(call: LoggedCall): void {
    this.entries.push(call);
  }

  clear(): void {
    this.entries.length = 0;
  }

  /** Calls by operation; `service` narrows it. */
  counts(service?: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const call of this.entries) {
      if (service !== undefined && call.service !== service) continue;
      counts[call.operation] = (counts[call.operation] ?? 0) + 1;
    }
    return counts;
  }

  count(operation: string): number {
    return this.entries.filter((call) => call.operation === operation).length;
  }

  /** Calls to operations that write, whether or not AWS let them; S3 apart, where reports are meant to go. */
  writes(): readonly LoggedCall[] {
    return this.entries.filter((call) => call.writes && call.service !== 's3');
  }
}

/** What a test can do to one call. The hooks run beside any fault, so that the account can change between plan and act. */
export interface Fault {
  readonly kind?: FaultKind;
  /** A refusal in the service's own words, of which AWS has more than this account models; nothing is done. */
  readonly error?: { readonly code: string; readonly message: string; readonly status?: number };
  /** What is answered word for word, in place of the account's own answer. */
  readonly answer?: string;
  /** The account as the call sees it, where that is not as it is now: AWS can be some seconds behind. */
  readonly seen?: AccountState;
  readonly before?: () => void | Promise<void>;
  readonly after?: () => void | Promise<void>;
}

export type FaultKind =
  | 'throttle'
  | 'server-error'
  | 'access-denied'
  /** The connection breaks, and AWS has done nothing. */
  | 'drop-before'
  /** The connection breaks, and AWS has acted. */
  | 'drop-after'
  /** AWS has acted, and the answer is not what any client understands. */
  | 'garbage'
  /** AWS has acted, and the answer is well-formed and says nothing: clients take it for an answer without members. */
  | 'empty-answer';

/** How one service words what goes wrong outside its operations. */
export interface ServiceErrors {
  readonly throttle: readonly [code: string, message: string, status: number];
  readonly serverError: readonly [code: string, message: string];
  readonly accessDenied: readonly [code: string, status: number];
  /** For credentials that nobody has, and for those of an account that has not enabled the Region. */
  readonly unknownCredentials: readonly [code: string, message: string, status: number];
  readonly expiredCredentials: readonly [code: string, message: string, status: number];
  /** For a request that is not as AWS's published model asks. */
  readonly invalid: string;
}

const UNKNOWN = 'The security token included in the request is invalid.';
const EXPIRED = 'The security token included in the request is expired';

export const EC2_ERRORS: ServiceErrors = {
  throttle: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
  serverError: ['InternalError', 'An internal error has occurred'],
  accessDenied: ['UnauthorizedOperation', 403],
  unknownCredentials: ['AuthFailure', 'AWS was not able to validate the provided access credentials', 401],
  expiredCredentials: ['RequestExpired', 'Request has expired.', 400],
  invalid: 'InvalidParameterValue',
};

export const QUERY_ERRORS: ServiceErrors = {
  throttle: ['Throttling', 'Rate exceeded', 400],
  serverError: ['InternalFailure', 'The request processing has failed because of an unknown error.'],
  accessDenied: ['AccessDenied', 403],
  unknownCredentials: ['InvalidClientTokenId', UNKNOWN, 403],
  expiredCredentials: ['ExpiredToken', EXPIRED, 403],
  invalid: 'ValidationError',
};

export const SSM_ERRORS: ServiceErrors = {
  throttle: ['ThrottlingException', 'Rate exceeded', 400],
  serverError: ['InternalServerError', 'An error occurred on the server side.'],
  accessDenied: ['AccessDeniedException', 400],
  unknownCredentials: ['UnrecognizedClientException', UNKNOWN, 400],
  expiredCredentials: ['ExpiredTokenException', EXPIRED, 400],
  invalid: 'ValidationException',
};

export const ORGANIZATIONS_ERRORS: ServiceErrors = {
  ...SSM_ERRORS,
  throttle: [
    'TooManyRequestsException',
    'AWS Organizations can not complete your request because you made too many.',
    400,
  ],
  serverError: ['ServiceException', 'AWS Organizations can not complete your request because of an internal error.'],
  invalid: 'InvalidInputException',
};

export const EMR_ERRORS: ServiceErrors = {
  ...SSM_ERRORS,
  serverError: ['InternalServerException', 'An internal server error occurred.'],
};

export const REST_JSON_ERRORS: ServiceErrors = {
  throttle: ['TooManyRequestsException', 'Too Many Requests', 429],
  serverError: ['ServiceException', 'The service encountered an internal error.'],
  accessDenied: ['AccessDeniedException', 403],
  unknownCredentials: ['UnrecognizedClientException', UNKNOWN, 403],
  expiredCredentials: ['ExpiredTokenException', EXPIRED, 403],
  invalid: 'ValidationException',
};

export const RBIN_ERRORS: ServiceErrors = {
  ...REST_JSON_ERRORS,
  throttle: ['ThrottlingException', 'Rate exceeded', 429],
  serverError: ['InternalServerException', 'The service could not respond to the request.'],
};

export const S3_ERRORS: ServiceErrors = {
  throttle: ['SlowDown', 'Please reduce your request rate.', 503],
  serverError: ['InternalError', 'We encountered an internal error. Please try again.'],
  accessDenied: ['AccessDenied', 403],
  unknownCredentials: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403],
  expiredCredentials: ['ExpiredToken', 'The provided token has expired.', 400],
  invalid: 'InvalidArgument',
};

/** IAM's name for an operation, where it has one of its own. */
const IAM_ACTIONS: Readonly<Record<string, string>> = { 's3:ListObjectsV2': 's3:ListBucket' };

/** The error that a fault answers with, where it answers with one. */
export function faultError(
  kind: FaultKind,
  errors: ServiceErrors,
  callerArn: string,
  operation: string,
): ServiceError | undefined {
  const action = IAM_ACTIONS[operation] ?? operation;
  switch (kind) {
    case 'throttle':
      return new ServiceError(...errors.throttle);
    case 'server-error':
      return new ServiceError(...errors.serverError, 500);
    case 'access-denied': {
      const reason = `User: ${callerArn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
      const isEc2 = errors.accessDenied[0] === 'UnauthorizedOperation';
      return new ServiceError(
        errors.accessDenied[0],
        isEc2 ? `You are not authorized to perform this operation. ${reason}` : reason,
        errors.accessDenied[1],
      );
    }
    default:
      return undefined;
  }
}
