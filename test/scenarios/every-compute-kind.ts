import type { FleetLaunchTemplateConfig, InstanceStateName, SpotFleetRequestConfigData } from '@aws-sdk/client-ec2';
import type { StoryAccount } from './account.ts';
import { OTHER, oldVersion } from './every-group-kind.ts';
import type { AddReference } from './every-kind.ts';

const inState =
  (Name: InstanceStateName, managed = false): AddReference =>
  (account, imageId) => {
    const Operator = { Managed: managed, ...(managed && { Principal: 'eks.amazonaws.com' }) };
    const id = account.instance(imageId, { State: { Name }, Operator, Tags: [{ Key: 'Name', Value: 'db' }] });
    return `ec2:Instance ${id} "db", ${Name}`;
  };

function fleet(account: StoryAccount, config: FleetLaunchTemplateConfig, FleetState = 'active'): string {
  const FleetId = account.id('fleet');
  const state = FleetState === 'active' ? ('active' as const) : ('deleted_running' as const);
  account.state.fleets.set(FleetId, { FleetId, FleetState: state, Type: 'maintain', LaunchTemplateConfigs: [config] });
  return FleetId;
}

const otherConfig = (account: StoryAccount) => ({
  LaunchTemplateSpecification: { LaunchTemplateId: account.template(account.id('t'), [OTHER]), Version: '1' },
});

function spotFleet(account: StoryAccount, config: Partial<SpotFleetRequestConfigData>): string {
  const SpotFleetRequestId = account.id('sfr');
  account.state.spotFleets.set(SpotFleetRequestId, {
    SpotFleetRequestId,
    SpotFleetRequestState: 'cancelled_running',
    SpotFleetRequestConfig: { IamFleetRole: 'arn:aws:iam::123456789012:role/fleet', TargetCapacity: 1, ...config },
  });
  return SpotFleetRequestId;
}

const spotRequest =
  (State: 'open' | 'active' | 'disabled'): AddReference =>
  (account, ImageId) => {
    const SpotInstanceRequestId = account.id('sir', 8);
    const request = { SpotInstanceRequestId, State, LaunchSpecification: { ImageId } };
    account.state.spotRequests.set(SpotInstanceRequestId, request);
    return `ec2:SpotInstanceRequest ${SpotInstanceRequestId} ${State}`;
  };

/** What EC2 has: templates on their own, instances, fleets and Spot requests. */
export const COMPUTE_KINDS: Readonly<Record<string, AddReference>> = {
  "a template's $Default": (account, imageId) => {
    const name = account.id('t');
    const id = account.template(name, [imageId, OTHER], { default: 1 });
    return `ec2:LaunchTemplate ${id} "${name}" version 1, $Default`;
  },
  "a template's $Latest": (account, imageId) => {
    const name = account.id('t');
    const id = account.template(name, [OTHER, imageId], { default: 1 });
    return `ec2:LaunchTemplate ${id} "${name}" version 2, $Latest`;
  },
  "another service's template": (account, imageId) => {
    const name = account.id('t');
    const id = account.template(name, [imageId], { managedBy: 'eks.amazonaws.com' });
    return `ec2:LaunchTemplate ${id} "${name}" version 1, $Default, $Latest`;
  },
  'a pending instance': inState('pending'),
  'a running instance': inState('running'),
  'an instance that shuts down': inState('shutting-down'),
  'a stopped instance': inState('stopped'),
  "another service's instance": inState('running', true),
  'the template version that an instance was launched from': (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const tag = (Key: string, Value: string) => ({ Key: `aws:ec2launchtemplate:${Key}`, Value });
    const instance = account.instance(OTHER, { Tags: [tag('id', id), tag('version', '1')] });
    return `${text} instance ${instance}`;
  },
  "a Spot Fleet's specification": (account, ImageId) =>
    `ec2:SpotFleetRequest ${spotFleet(account, { LaunchSpecifications: [{ ImageId }] })} cancelled_running`,
  "a Spot Fleet's template": (account, imageId) => {
    const { id, text } = oldVersion(account, imageId);
    const LaunchTemplateSpecification = { LaunchTemplateId: id, Version: '1' };
    const made = spotFleet(account, { LaunchTemplateConfigs: [{ LaunchTemplateSpecification }] });
    return `${text} Spot Fleet request ${made} cancelled_running`;
  },
  "an EC2 Fleet's template": (account, imageId) => {
    const { name, text } = oldVersion(account, imageId);
    const LaunchTemplateSpecification = { LaunchTemplateName: name, Version: '1' };
    return `${text} EC2 Fleet ${fleet(account, { LaunchTemplateSpecification })} active`;
  },
  "an EC2 Fleet's override": (account, ImageId) =>
    `ec2:Fleet ${fleet(account, { ...otherConfig(account), Overrides: [{ ImageId }] }, 'deleted_running')} deleted_running`,
  'an open Spot request': spotRequest('open'),
  'an active Spot request': spotRequest('active'),
  'a disabled Spot request': spotRequest('disabled'),
};
