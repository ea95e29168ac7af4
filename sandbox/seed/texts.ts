import type { Draft } from './draft.ts';

/** What people and pipelines wrote into services of their own: each names an image that a parameter already holds. */
export function addTexts(draft: Draft): void {
  const { state } = draft;
  const { texts, accountId, region } = state;
  const golden = (name: string) => state.parameters.get(`/golden/${name}/prod`)?.history.at(-1)?.Value ?? '';
  const arn = (service: string, resource: string) => `arn:aws:${service}:${region}:${accountId}:${resource}`;
  const StackId = arn('cloudformation', 'stack/webapp-prod/8f6b2c10-5a1d-4f0e-9c3b-2d7e4a6f8b91');
  texts.stacks.set(StackId, {
    stack: {
      StackId,
      StackName: 'webapp-prod',
      CreationTime: draft.daysAgo(300),
      StackStatus: 'UPDATE_COMPLETE',
      Parameters: [
        { ParameterKey: 'ImageId', ParameterValue: '/golden/webapp/prod', ResolvedValue: golden('webapp') },
        { ParameterKey: 'DbPassword', ParameterValue: '****' },
      ],
    },
    template: '{"Parameters":{"ImageId":{"Type":"AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>"}}}',
  });
  texts.functions.set('start-worker', {
    FunctionName: 'start-worker',
    Environment: { Variables: { STAGE: 'prod', WORKER_AMI: golden('worker') } },
  });
  const stateMachineArn = arn('states', 'stateMachine:nightly-load-test');
  texts.stateMachines.set(stateMachineArn, {
    stateMachineArn,
    name: 'nightly-load-test',
    type: 'STANDARD',
    roleArn: `arn:aws:iam::${accountId}:role/load-test`,
    creationDate: draft.daysAgo(120),
    definition: JSON.stringify({ StartAt: 'Launch', States: { Launch: { Parameters: { ImageId: golden('api') } } } }),
  });
  texts.schedules.set('nightly/refresh-bastion', {
    GroupName: 'nightly',
    Name: 'refresh-bastion',
    State: 'ENABLED',
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:ec2:runInstances',
      RoleArn: `arn:aws:iam::${accountId}:role/refresh`,
      Input: JSON.stringify({ ImageId: golden('webapp') }),
    },
  });
  addFindings(state, golden('webapp'), golden('worker'), draft.daysAgo(50));
}

/** What Amazon Inspector found in two images that are in use. */
function addFindings(
  { images }: Draft['state'],
  critical: string,
  clean: string,
  CriticalFixAvailableSince: Date,
): void {
  for (const [id, ScanResults] of [
    [critical, { HighestFindingSeverityLabel: 'critical', CriticalFixAvailableSince }],
    [clean, { HighestFindingSeverityLabel: 'low' }],
  ] as const) {
    const image = images.get(id);
    if (image !== undefined) images.set(id, { ...image, ScanResults });
  }
}
