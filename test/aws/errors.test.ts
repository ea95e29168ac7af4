import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/aws/errors.ts';

const awsError = (name: string, message = '', more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

describe('what an error of the SDK means', () => {
  it.each([
    ['UnauthorizedOperation', 'denied'],
    ['AccessDenied', 'denied'],
    ['AccessDeniedException', 'denied'],
    ['RequestLimitExceeded', 'throttled'],
    ['Throttling', 'throttled'],
    ['TooManyRequestsException', 'throttled'],
    ['SlowDown', 'throttled'],
    ['ExpiredToken', 'credentials'],
    ['InvalidLaunchTemplateId.NotFound', 'not-found'],
    ['InvalidLaunchTemplateId.VersionNotFound', 'not-found'],
    ['InvalidLaunchTemplateName.NotFoundException', 'not-found'],
    ['ResourceNotFoundException', 'not-found'],
    ['NoSuchKey', 'not-found'],
    ['InvalidDocument', 'not-found'],
    // The place itself is wrong, so that nothing is known of what it should hold.
    ['NoSuchBucket', 'other'],
    ['ValidationError', 'other'],
    ['InternalError', 'other'],
  ])('%s is %s', (name, kind) => {
    expect(failureOf(awsError(name))).toMatchObject({ kind, code: name });
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
