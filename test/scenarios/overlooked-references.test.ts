import { describe, expect, it } from 'vitest';
import { aPolicy, StoryAccount, tell } from './account.ts';

/** Images that were in use in a way that a cleaner did not look for. In each story one image nobody uses goes. */
describe('an image in use survives', () => {
  it('after its template moved to resolve:ssm: (github-aws-runners/terraform-aws-github-runner #4571, #4623)', async () => {
    const account = new StoryAccount();
    const [runner, pinned, labeled, unused] = account.images('runner-2025', 'runner-2024', 'runner-2023', 'unused');
    account.parameter('/runners/ami', [pinned, runner], { label: 'stable', dataType: 'text' });
    account.parameter('/runners/blue', [labeled, 'none yet'], { label: 'stable', dataType: 'text' });
    account.template('by-name', ['resolve:ssm:/runners/ami']);
    account.template('by-version', ['resolve:ssm:/runners/ami:1']);
    account.template('by-label', ['resolve:ssm:/runners/blue:stable']);
    const { taken, referencesOf, report } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(report.complete).toBe(true);
    expect(referencesOf(runner)).toEqual([
      expect.stringMatching(
        /^ssm:Parameter \/runners\/ami version 2, named by launch template lt-\w+ "by-name" version 1/,
      ),
    ]);
    expect(referencesOf(labeled)[0]).toContain('/runners/blue:stable version 1');
  });

  it('whose parameter stands on the second page (github-aws-runners/terraform-aws-github-runner #4601)', async () => {
    const account = new StoryAccount();
    const unused = account.image('unused');
    for (let number = 1; number <= 60; number += 1) {
      account.parameter(`/runners/${number}/ami`, [account.image(`runner-${number}`)]);
    }
    const { taken, calls } = await tell(account.state);
    expect(calls.count('DescribeParameters')).toBe(2);
    expect(taken).toEqual([unused]);
  });

  it('of a group with a mixed instances policy on Spot (guardian/prism #1037)', async () => {
    const account = new StoryAccount();
    const [onDemand, spot, other, unused] = account.images('on-demand', 'spot', 'other', 'unused');
    const newer = account.image('newer', { ageDays: 1, deprecatedDaysAgo: null });
    const main = account.template('main', [onDemand, newer]);
    account.template('spot', [spot, newer]);
    account.group('web-prod', {
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: main, Version: '1' },
          Overrides: [
            { InstanceType: 'c7g.large', LaunchTemplateSpecification: { LaunchTemplateName: 'spot', Version: '1' } },
            { InstanceType: 'c7i.large', ImageId: other },
          ],
        },
      },
    });
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(onDemand)).toEqual([
      `ec2:LaunchTemplate ${main} "main" version 1, named by Auto Scaling group "web-prod"`,
    ]);
    expect(referencesOf(spot)[0]).toMatch(/named by Auto Scaling group "web-prod", override for c7g\.large$/);
    expect(referencesOf(other)).toEqual([
      'autoscaling:AutoScalingGroup web-prod mixed instances policy, override for c7i.large',
    ]);
  });

  it('of a template that no group uses, but a function launches from (widdix/aws-amicleaner #5)', async () => {
    const account = new StoryAccount();
    const [launched, unused] = account.images('build-agent', 'unused');
    account.template('launched-by-a-function', [launched]);
    expect((await tell(account.state)).taken).toEqual([unused]);
  });

  it('of an unattached template (cloud-custodian #6554)', async () => {
    const account = new StoryAccount();
    const [emergency, before, unused] = account.images('emergency', 'emergency-before', 'unused');
    // Its default is an older version, as people leave it.
    const template = account.template('emergency', [before, emergency], { default: 1 });
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(before)).toEqual([`ec2:LaunchTemplate ${template} "emergency" version 1, $Default`]);
  });

  it('that $Latest launches while CloudFormation left $Default behind (widdix/aws-amicleaner #8)', async () => {
    const account = new StoryAccount();
    const [first, latest, unused] = account.images('first', 'latest', 'unused');
    const stack = account.template('stack', [first, latest], { default: 1 });
    account.group('stack', { LaunchTemplate: { LaunchTemplateId: stack, Version: '$Latest' } });
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(latest)).toEqual([
      `ec2:LaunchTemplate ${stack} "stack" version 2, $Latest, named by Auto Scaling group "stack"`,
    ]);
  });

  it('of a launch configuration, attached or not (wata727/packer-plugin-amazon-ami-management #30)', async () => {
    const account = new StoryAccount();
    const [attached, unattached, unused] = account.images('attached', 'unattached', 'unused');
    account.launchConfiguration('billing-2021', attached);
    account.launchConfiguration('billing-2019', unattached);
    account.group('billing', { LaunchConfigurationName: 'billing-2021' });
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(attached)).toEqual([
      'autoscaling:LaunchConfiguration billing-2021 named by Auto Scaling group "billing"',
    ]);
  });

  it('of a group at zero instances (bonclay7/aws-amicleaner #90, #111)', async () => {
    const account = new StoryAccount();
    const [asleep, newer, unused] = account.images('asleep', 'newer', 'unused');
    account.template('nightly', [asleep, newer]);
    account.group('nightly', {
      MaxSize: 0,
      DesiredCapacity: 0,
      LaunchTemplate: { LaunchTemplateName: 'nightly', Version: '1' },
    });
    expect((await tell(account.state)).taken).toEqual([unused]);
  });

  it('of EKS node groups, whose templates are hidden (department-of-veterans-affairs/va.gov-team #76784)', async () => {
    const account = new StoryAccount();
    const [node, old, lambda, unused] = account.images('node', 'node-old', 'lambda', 'unused');
    const eks = account.template('eks-0abc', [old, node], { managedBy: 'eks.amazonaws.com' });
    account.group('eks-0abc', { LaunchTemplate: { LaunchTemplateId: eks, Version: '1' } });
    account.instance(lambda, { Operator: { Managed: true, Principal: 'lambda.amazonaws.com' } });
    expect((await tell(account.state)).taken).toEqual([unused]);
  });

  it('of nodes that run an older template version, and of a pool scaled to nothing (zalando-incubator/kubernetes-on-aws #2397)', async () => {
    const account = new StoryAccount();
    const [running, idle, newest, unused] = account.images('running', 'idle', 'newest', 'unused');
    const pool = account.template('pool', [running, newest]);
    account.template('idle-pool', [idle, newest], { default: 1 });
    account.group('idle-pool', { DesiredCapacity: 0, LaunchTemplate: { LaunchTemplateName: 'idle-pool' } });
    account.group('pool', {
      LaunchTemplate: { LaunchTemplateId: pool, Version: '2' },
      Instances: [
        {
          InstanceId: 'i-0123456789abcdef0',
          AvailabilityZone: 'eu-west-1a',
          LifecycleState: 'InService',
          HealthStatus: 'Healthy',
          ProtectedFromScaleIn: false,
          LaunchTemplate: { LaunchTemplateId: pool, Version: '1' },
        },
      ],
    });
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(running)).toEqual([
      `ec2:LaunchTemplate ${pool} "pool" version 1, named by instance i-0123456789abcdef0 of Auto Scaling group "pool"`,
    ]);
    expect(referencesOf(idle)[0]).toContain('named by Auto Scaling group "idle-pool"');
  });

  it('in another account that it is shared with (cloud-custodian #6818, #5924; bonclay7/aws-amicleaner #67; trussworks/truss-aws-tools #176)', async () => {
    const account = new StoryAccount();
    const [shared, organization, everyone, unused] = account.images('shared', 'organization', 'everyone', 'unused');
    account.state.launchPermissions.set(shared, [{ UserId: '999988887777' }]);
    account.state.launchPermissions.set(organization, [
      { OrganizationArn: 'arn:aws:organizations::111122223333:organization/o-abcdefghij' },
    ]);
    account.state.launchPermissions.set(everyone, [{ Group: 'all' }]);
    account.state.launchPermissions.set(unused, [{ UserId: account.state.accountId }]);
    const kept = await tell(account.state);
    expect(kept.taken).toEqual([unused]);
    expect(kept.reasonsOf(shared)).toEqual(['shared']);
    const evaluated = await tell(account.state, { policy: aPolicy({ references: { sharedImages: 'evaluate' } }) });
    expect([...evaluated.taken].sort()).toEqual([shared, organization, everyone, unused].sort());
    expect(evaluated.calls.count('DescribeImageAttribute')).toBe(0);
  });
});
