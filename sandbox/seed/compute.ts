import type { Instance, InstanceStateName } from '@aws-sdk/client-ec2';
import { type Draft, tagsOf } from './draft.ts';
import { addSnapshot } from './images.ts';
import { addTemplate, launches } from './templates.ts';

const STATE_CODES: Readonly<Record<InstanceStateName, number>> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
};

function addInstance(
  draft: Draft,
  name: string,
  ImageId: string,
  stateName: InstanceStateName,
  given: Partial<Instance> = {},
): void {
  const InstanceId = draft.id('i');
  draft.state.instances.set(InstanceId, {
    InstanceId,
    ImageId,
    InstanceType: 'm7g.large',
    Architecture: 'arm64',
    LaunchTime: draft.daysAgo(draft.random.between(1, 300)),
    PrivateIpAddress: `10.0.${draft.random.between(0, 255)}.${draft.random.between(4, 254)}`,
    State: { Code: STATE_CODES[stateName], Name: stateName },
    Operator: { Managed: false },
    Tags: tagsOf({ Name: name }),
    ...given,
  });
}

/** Instances of what is newest, as groups launch them. */
export function addOrdinaryInstances(draft: Draft, count: number): void {
  const used = draft.ordinary.filter((image) => draft.isUsed(image.ImageId ?? ''));
  for (let index = 0; index < count && used.length > 0; index += 1) {
    const image = used[index % used.length];
    const name = image?.Tags?.find((tag) => tag.Key === 'Family')?.Value ?? 'instance';
    addInstance(draft, name, image?.ImageId ?? '', 'running');
  }
}

/** Instances, fleets and Spot requests that alone keep an old image. */
export function addSpecialCompute(draft: Draft): void {
  const { state } = draft;
  const old = () => draft.takeOldestId();
  addInstance(draft, 'jump-host', old(), 'running');
  addInstance(draft, 'quarterly-report', old(), 'stopped');
  addInstance(draft, 'just-ended', draft.ordinary.at(-1)?.ImageId ?? '', 'terminated');
  addInstance(draft, 'lambda-managed', old(), 'running', {
    Operator: { Managed: true, Principal: 'lambda.amazonaws.com', HiddenByDefault: true },
  });

  const fleetTemplate = addTemplate(draft, { name: 'batch-spot', versions: [launches(old())] });
  const spotFleetId = `sfr-${draft.random.hex(8)}-1111-2222-3333-${draft.random.hex(12)}`;
  state.spotFleets.set(spotFleetId, {
    SpotFleetRequestId: spotFleetId,
    SpotFleetRequestState: 'active',
    ActivityStatus: 'fulfilled',
    CreateTime: draft.daysAgo(200),
    SpotFleetRequestConfig: {
      IamFleetRole: `arn:aws:iam::${state.accountId}:role/fleet`,
      TargetCapacity: 4,
      LaunchSpecifications: [{ ImageId: old(), InstanceType: 'c5.large', SpotPrice: '0.05' }],
      LaunchTemplateConfigs: [
        {
          LaunchTemplateSpecification: { LaunchTemplateId: fleetTemplate, Version: '1' },
          Overrides: [{ InstanceType: 'c5.xlarge' }],
        },
      ],
    },
  });

  const FleetId = `fleet-${draft.random.hex(8)}-1111-2222-3333-${draft.random.hex(12)}`;
  state.fleets.set(FleetId, {
    FleetId,
    FleetState: 'active',
    Type: 'maintain',
    CreateTime: draft.daysAgo(150),
    TargetCapacitySpecification: { TotalTargetCapacity: 2, DefaultTargetCapacityType: 'spot' },
    LaunchTemplateConfigs: [
      {
        LaunchTemplateSpecification: {
          LaunchTemplateId: fleetTemplate,
          LaunchTemplateName: 'batch-spot',
          Version: '1',
        },
        Overrides: [{ InstanceType: 'm7g.large', ImageId: old() }],
      },
    ],
  });

  for (const { ImageId = '', OwnerId } of draft.ordinary.slice(-2)) {
    const SnapshotConfiguration = { TargetResourceCount: 5 };
    state.fastLaunch.set(ImageId, {
      ...{ ImageId, OwnerId, ResourceType: 'snapshot', SnapshotConfiguration, MaxParallelLaunches: 6 },
      ...{ State: 'enabled', StateTransitionTime: draft.daysAgo(10) },
    });
  }

  const mapped = addSnapshot(draft, {
    ageDays: 320,
    sizeGiB: 50,
    Description: 'model weights, mounted by Spot request',
  });
  for (const [stateName, given] of [
    ['open', {}],
    ['active', { InstanceId: draft.id('i') }],
    ['closed', {}],
  ] as const) {
    const SpotInstanceRequestId = `sir-${draft.random.hex(8)}`;
    state.spotRequests.set(SpotInstanceRequestId, {
      SpotInstanceRequestId,
      State: stateName,
      Type: stateName === 'closed' ? 'one-time' : 'persistent',
      CreateTime: draft.daysAgo(60),
      SpotPrice: '0.10',
      LaunchSpecification: {
        ImageId: stateName === 'closed' ? (draft.ordinary.at(-1)?.ImageId ?? '') : old(),
        InstanceType: 'g5.xlarge',
        BlockDeviceMappings: stateName === 'open' ? [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: mapped } }] : [],
      },
      ...given,
    });
  }
}
