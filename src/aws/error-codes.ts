import type { FailureKind } from '../model/errors.ts';

/** `unknown-here` is what a Region answers that does not know the account; a signature counts for minutes by a `clock`. */
export type ErrorMeaning = FailureKind | 'unknown-here' | 'clock';

/**
 * Every code that anything is decided by, and what it is taken for; docs/error-codes.md has the evidence for each. An
 * `other` means something to one operation alone. A code that does not stand here is a failure of no known kind.
 */
export const ERROR_CODES = {
  AccessDenied: 'denied',
  AccessDeniedException: 'denied',
  AuthFailure: 'denied',
  AuthorizationError: 'denied',
  AuthorizationErrorException: 'denied',
  Forbidden: 'denied',
  ForbiddenException: 'denied',
  KmsAccessDeniedException: 'denied',
  NotAuthorized: 'denied',
  OptInRequired: 'denied',
  UnauthorizedOperation: 'denied',

  CallRateLimitExceededException: 'throttled',
  RateExceeded: 'throttled',

  InvalidClientTokenId: 'unknown-here',
  UnrecognizedClientException: 'unknown-here',
  ExpiredToken: 'credentials',
  ExpiredTokenException: 'credentials',
  InvalidAccessKeyId: 'credentials',
  InvalidSignatureException: 'credentials',
  RequestExpired: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  RequestInTheFuture: 'clock',
  RequestTimeTooSkewed: 'clock',

  AssociationDoesNotExist: 'not-found',
  DoesNotExistException: 'not-found',
  'InvalidAMIID.NotFound': 'not-found',
  InvalidDocument: 'not-found',
  InvalidDocumentVersion: 'not-found',
  'InvalidImageUsageReportId.NotFound': 'not-found',
  'InvalidLaunchTemplateId.Malformed': 'not-found',
  'InvalidLaunchTemplateId.NotFound': 'not-found',
  'InvalidLaunchTemplateId.VersionNotFound': 'not-found',
  'InvalidLaunchTemplateName.MalformedException': 'not-found',
  'InvalidLaunchTemplateName.NotFoundException': 'not-found',
  'InvalidSnapshot.NotFound': 'not-found',
  NoSuchKey: 'not-found',
  NotFound: 'not-found',
  ParameterNotFound: 'not-found',
  ResourceNotFound: 'not-found',
  ResourceNotFoundException: 'not-found',
  StateMachineDoesNotExist: 'not-found',

  ConditionalRequestConflict: 'other',
  IncorrectState: 'other',
  'InvalidAMIID.Unavailable': 'other',
  'InvalidAMIName.Duplicate': 'other',
  InvalidParameterValue: 'other',
  'InvalidSnapshot.InUse': 'other',
  OperationNotPermitted: 'other',
  ParameterAlreadyExists: 'other',
  PreconditionFailed: 'other',
  ValidationError: 'other',
  ValidationException: 'other',

  EAI_AGAIN: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  NetworkingError: 'unreachable',
  TimeoutError: 'unreachable',
} as const satisfies Readonly<Record<string, ErrorMeaning>>;

/** A code that something is decided by: a comparison with any other does not compile. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** @param name what an error is called; EC2's documentation has its codes with `Client.` before them, too */
export function errorCodeOf(name: string): ErrorCode | undefined {
  const code = name.replace(/^Client\./, '');
  return isKnown(code) ? code : undefined;
}

function isKnown(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
