import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../src/aws/errors.ts';

const awsError = (name: string, message = '', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe('what an error of the SDK means', () => {
  it.each([
    ['UnauthorizedOperation', 'denied'],
    ['AccessDenied', 'denied'],
    ['AccessDeniedException', 'denied'],
    // Image Builder's own words.
    ['ForbiddenException', 'denied'],
    ['CallRateLimitExceededException', 'throttled'],
    // A topic's.
    ['AuthorizationErrorException', 'denied'],
    ['ExpiredToken', 'credentials'],
    ['InvalidLaunchTemplateId.NotFound', 'not-found'],
    ['InvalidLaunchTemplateId.VersionNotFound', 'not-found'],
    ['InvalidLaunchTemplateName.NotFoundException', 'not-found'],
    ['ResourceNotFoundException', 'not-found'],
    ['NoSuchKey', 'not-found'],
    ['InvalidDocument', 'not-found'],
    ['ValidationError', 'other'],
  ])('%s is %s', (name, kind) => {
    expect(failureOf(awsError(name))).toMatchObject({ kind, code: name });
  });

  it.each([
    // The SDK's own list.
    ['RequestLimitExceeded', 'throttled'],
    ['Throttling', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['SlowDown', 'throttled'],
    // The place itself is wrong, so that nothing is known of what it should hold.
    ['NoSuchBucket', 'other'],
    ['InternalError', 'other'],
    // Whatever is not found, it is nothing that was asked for.
    ['InvalidVolume.NotFound', 'other'],
    ['KMSNotFoundException', 'other'],
  ])('%s is %s, and nothing is decided by the code', (name, kind) => {
    const failure = failureOf(awsError(name));
    expect(failure).toMatchObject({ kind, code: undefined });
    expect(failure.sentence).toContain(name);
  });

  it("a code with EC2's documentation's prefix is the code", () => {
    expect(failureOf(awsError('Client.UnauthorizedOperation'))).toMatchObject({
      kind: 'denied',
      code: 'UnauthorizedOperation',
    });
  });

  it.each([
    [
      'You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:DescribeImages because no identity-based policy allows it',
      'ec2:DescribeImages',
    ],
    [
      'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:1:parameter/x',
      'ssm:GetParameters',
    ],
  ])('a denial names the permission: %s', (message, permission) => {
    const failure = failureOf(awsError('AccessDenied', message));
    expect(failure.permission).toBe(permission);
    expect(failure.sentence).toContain(`lacks the permission ${permission}`);
  });

  it.each([
    [
      'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ssm:GetParameters on resource: arn:aws:ssm:eu-west-1:1:parameter/x with an explicit deny in a service control policy',
      'an explicit deny in a service control policy forbids ssm:GetParameters on arn:aws:ssm:eu-west-1:1:parameter/x; a permission of the role does not help',
    ],
    [
      'User: arn:aws:iam::1:user/x is not authorized to perform: imagebuilder:GetImage on resource: * with an explicit deny in a permissions boundary: arn:aws:iam::1:policy/edge',
      'an explicit deny in a permissions boundary (arn:aws:iam::1:policy/edge) forbids imagebuilder:GetImage; a permission of the role does not help',
    ],
    [
      'You are not authorized to perform this operation. User: arn:aws:iam::1:user/x is not authorized to perform: ec2:DescribeImages because no service control policy allows the ec2:DescribeImages action. Encoded authorization failure message: abcDEF',
      'no service control policy allows the ec2:DescribeImages action; a permission of the role does not help',
    ],
    [
      'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ec2:DescribeImages because no permissions boundary allows the ec2:DescribeImages action',
      'no permissions boundary allows the ec2:DescribeImages action; a permission of the role does not help',
    ],
    [
      'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ec2:DescribeImages because no VPC endpoint policy allows the ec2:DescribeImages action',
      'no VPC endpoint policy allows the ec2:DescribeImages action; a permission of the role does not help',
    ],
    [
      'User: arn:aws:sts::1:assumed-role/x/y is not authorized to perform: ec2:DescribeImages because no identity-based policy allows the ec2:DescribeImages action',
      'the role lacks the permission ec2:DescribeImages (no identity-based policy allows the ec2:DescribeImages action)',
    ],
    ['The policy of the bucket forbids it.', 'The policy of the bucket forbids it'],
    [
      'You are not authorized to perform this operation. Encoded authorization failure message: abcDEF',
      'the role lacks a permission, or another policy forbids it',
    ],
  ])("a denial's own reason reaches the reader: %s", (message, why) => {
    expect(failureOf(awsError('AccessDenied', message)).sentence).toBe(`access denied (AccessDenied): ${why}`);
  });

  it.each([
    ['AuthFailure', 'AWS was not able to validate the provided access credentials'],
    ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
    ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
  ])('%s of a Region that is not enabled says so', (name, message) => {
    const failure = failureOf(awsError(name, message));
    expect(failure).toMatchObject({ kind: 'credentials', code: name });
    expect(failure.sentence).toContain('enable the Region in the account or leave it out');
  });

  it("AuthFailure of what is someone else's is a denial", () => {
    const failure = failureOf(awsError('AuthFailure', 'Not authorized for images: [ami-0000000a]'));
    expect(failure).toMatchObject({ kind: 'denied', code: 'AuthFailure' });
    expect(failure.sentence).toContain('Not authorized for images: [ami-0000000a]');
  });

  it('OptInRequired says that the account is not signed up', () => {
    expect(failureOf(awsError('OptInRequired', 'You are not subscribed to this service')).sentence).toContain(
      'not signed up for this service',
    );
  });

  it.each([
    ['AccessDenied', 'User is not authorized: the snapshot is locked, Unexpected token, request throttled', 'denied'],
    ['ValidationError', 'Unexpected token in the filter; it is not valid JSON', 'other'],
    ['InvalidParameterValue', 'the value is not expected', 'other'],
    ['InvalidParameterValue', 'access denied: request throttled, connection timed out, not found', 'other'],
    ['SyntaxError', 'Unexpected token < in JSON at position 0', 'broken-answer'],
    ['Error', 'Deserialization error: to see the raw response …', 'broken-answer'],
  ])('its code decides before its words: %s, “%s”', (name, message, kind) => {
    expect(failureOf(awsError(name, message))).toMatchObject({ kind });
  });

  it.each([
    ['UnknownError', 'UnknownError', { $metadata: { httpStatusCode: 502 } }, 'HTTP status 502 from proxy.example:8080'],
    ['Error', 'Deserialization error', { $response: { statusCode: 404 } }, 'HTTP status 404 from proxy.example:8080'],
    ['SyntaxError', 'Unexpected token <', {}, 'proxy.example:8080'],
  ])('an answer that is not AWS’s tells its status and host (%s, “%s”)', (name, message, more, facts) => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://proxy.example:8080/aws');
    const { kind, sentence } = failureOf(awsError(name, message, more));
    expect([kind, sentence]).toEqual(['broken-answer', expect.stringContaining(`is not AWS's (${facts}); check`)]);
  });

  it('an endpoint that is no address is named', () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'nonsense');
    expect(failureOf(awsError('TypeError', 'Invalid URL', { code: 'ERR_INVALID_URL' })).sentence).toContain(
      'AWS_ENDPOINT_URL is no address (nonsense)',
    );
  });

  it.each([
    ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
    ['RequestExpired', 'Request has expired.'],
    ['SignatureDoesNotMatch', 'Signature expired: 20261121T020000Z is now earlier than 20261121T021500Z'],
    ['InvalidSignatureException', 'Signature not yet current: 20261121T023000Z is still later than 20261121T022000Z'],
  ])('a clock that is wrong is called that: %s', (name, message) => {
    expect(failureOf(awsError(name, message)).sentence).toContain("the clock here and AWS's differ too much");
  });

  it('a signature that is wrong for another reason is a matter of credentials', () => {
    const message = 'The request signature we calculated does not match the signature you provided.';
    expect(failureOf(awsError('SignatureDoesNotMatch', message)).sentence).not.toContain('clock');
  });

  it('a denial without a name has no permission', () => {
    expect(failureOf(awsError('AccessDenied', 'Access Denied'))).not.toHaveProperty('permission');
  });

  it('a connection that breaks is told with the address to check', () => {
    const failure = failureOf(awsError('Error', 'connect ECONNREFUSED 127.0.0.1:1', { code: 'ECONNREFUSED' }));
    expect(failure).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
    expect(failure.sentence).toContain('AWS_ENDPOINT_URL');
  });

  it('takes anything that was thrown, and never more than a line of it', () => {
    expect(failureOf('nonsense').sentence).toBe('UnknownError: nonsense');
    expect(failureOf(awsError('X', `${'a'.repeat(1000)}\nsecond line`)).sentence.length).toBeLessThan(320);
  });
});
