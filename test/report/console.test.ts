import { expect, test } from 'vitest';
import { consoleFragment, ec2Console } from '../../src/report/console.ts';

const TARGET = { accountId: '123456789012', region: 'eu-west-1' };
const TEMPLATE = { kind: 'ec2:LaunchTemplate', resource: 'lt-0abc' } as const;

test.each([
  ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1#'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/ec2/home?region=cn-north-1#'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#'],
  ['eusc-de-east-1', 'https://eusc-de-east-1.console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1#'],
  ['us-iso-east-1', ''],
  ['javascript:alert(1)//', ''],
  ['evil.example/', ''],
])('the console of %s is %s', (region, address) => expect(ec2Console(region)).toBe(address));

test.each([
  ['a template', TEMPLATE, 'LaunchTemplateDetails:launchTemplateId=lt-0abc'],
  ['its own account and Region', { ...TEMPLATE, ...TARGET }, 'LaunchTemplateDetails:launchTemplateId=lt-0abc'],
  [
    'a group, whatever its name',
    { kind: 'autoscaling:AutoScalingGroup', resource: '"><a b/#;x' } as const,
    'AutoScalingGroupDetails:id=%22%3E%3Ca%20b%2F%23%3Bx;view=details',
  ],
  ['half a character', { ...TEMPLATE, resource: '\ud800' }, 'LaunchTemplateDetails:launchTemplateId=%EF%BF%BD'],
  ['an instance', { kind: 'ec2:Instance', resource: 'i-0abc' } as const, 'InstanceDetails:instanceId=i-0abc'],
  ['another account', { ...TEMPLATE, accountId: '210987654321' }, ''],
  ['another Region', { ...TEMPLATE, region: 'us-east-1' }, ''],
  ['a parameter', { kind: 'ssm:Parameter', resource: '/golden' } as const, ''],
])('a reference of %s leads to its own page', (_, reference, fragment) => {
  expect(consoleFragment(reference, TARGET)).toBe(fragment);
});
