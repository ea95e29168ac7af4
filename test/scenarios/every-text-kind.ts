import type { Stack } from '@aws-sdk/client-cloudformation';
import type { MaintenanceWindowTaskInvocationParameters } from '@aws-sdk/client-ssm';
import { SOURCE_OF } from '../../src/model/sources.ts';
import type { StoryAccount } from './account.ts';
import type { AddReference } from './every-kind.ts';

/** `references.byName` that names everything. */
export const EVERY_NAME = Object.fromEntries(
  [...SOURCE_OF].flatMap(([source, { byName }]) =>
    byName === undefined ? [] : [[source, [{ name: '*', mayBeEmpty: true }]]],
  ),
);

/** Adds a stack, and gives its name. */
export function addStack(account: StoryAccount, given: Partial<Stack> = {}, template = '{"Resources":{}}'): string {
  const { accountId, region, texts } = account.state;
  const StackName = given.StackName ?? account.id('stack');
  const StackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${StackName}/${account.id('uuid')}`;
  const CreationTime = account.daysAgo(300);
  const stack: Stack = { StackId, StackName, CreationTime, StackStatus: 'UPDATE_COMPLETE', ...given };
  texts.stacks.set(StackId, { stack, template });
  return StackName;
}

/** Adds a function with an environment, and gives its name. */
export function addFunction(account: StoryAccount, variables: Record<string, string>): string {
  const FunctionName = account.id('function');
  account.state.texts.functions.set(FunctionName, { FunctionName, Environment: { Variables: variables } });
  return FunctionName;
}

export function addStateMachine(account: StoryAccount, definition: string, name = account.id('machine')): string {
  const { accountId, region, texts } = account.state;
  const stateMachineArn = `arn:aws:states:${region}:${accountId}:stateMachine:${name}`;
  const known = { stateMachineArn, name, roleArn: 'arn:aws:iam::123456789012:role/r', type: 'STANDARD' } as const;
  texts.stateMachines.set(stateMachineArn, { ...known, definition, creationDate: account.daysAgo(90) });
  return name;
}

export function addSchedule(account: StoryAccount, Input: string, Name = account.id('schedule')): string {
  const Target = { Arn: 'arn:aws:scheduler:::aws-sdk:ec2:runInstances', RoleArn: 'arn:aws:iam::1:role/r', Input };
  account.state.texts.schedules.set(`nightly/${Name}`, { GroupName: 'nightly', Name, State: 'ENABLED', Target });
  return `nightly/${Name}`;
}

export function addAssociation(account: StoryAccount, parameters: Record<string, string[]>, name?: string): string {
  const AssociationId = uuidOf(account.id('association'));
  const named = { AssociationId, Name: 'AWS-UpdateLinuxAmi', ...(name !== undefined && { AssociationName: name }) };
  const Targets = [{ Key: 'tag:Role', Values: ['web'] }];
  account.state.texts.associations.set(AssociationId, { ...named, Targets, Parameters: parameters });
  return AssociationId;
}

export function addWindow(account: StoryAccount, ...tasks: MaintenanceWindowTaskInvocationParameters[]): string {
  const WindowId = account.id('mw');
  account.state.texts.maintenanceWindows.set(WindowId, {
    window: { WindowId, Name: 'patching', Enabled: true },
    tasks: tasks.map((TaskInvocationParameters, index) => ({
      WindowId,
      WindowTaskId: uuidOf(`task-${index}`),
      TaskArn: 'a-task',
      TaskInvocationParameters,
    })),
  });
  return WindowId;
}

/** What people write into stacks, functions, workflows and plans. */
export const TEXT_KINDS: Readonly<Record<string, AddReference>> = {
  "a stack's parameter": (account, image) => {
    const Parameters = [
      { ParameterKey: 'Stage', ParameterValue: '' },
      { ParameterKey: 'ImageId', ParameterValue: image },
    ];
    return `cloudformation:Stack ${addStack(account, { Parameters })} parameter ImageId`;
  },
  "a stack's list of images, while it is being deleted": (account, image) => {
    const Parameters = [{ ParameterKey: 'Images', ParameterValue: `ami-0000000f,${image}` }];
    const stack = addStack(account, { Parameters, StackStatus: 'DELETE_IN_PROGRESS' });
    return `cloudformation:Stack ${stack} parameter Images`;
  },
  'what a stack resolved of a parameter': (account, image) => {
    const name = `/stack/${account.id('p')}`;
    account.parameter(name, [image, 'ami-0000000f'], { dataType: 'text' });
    const Parameters = [{ ParameterKey: 'Ami', ParameterValue: name, ResolvedValue: image }];
    return `cloudformation:Stack ${addStack(account, { Parameters })} parameter Ami`;
  },
  'what a stack will resolve of a parameter': (account, image) => {
    const name = `/stack/${account.id('p')}`;
    account.parameter(name, ['ami-0000000f', image], { dataType: 'text' });
    const Parameters = [{ ParameterKey: 'Ami', ParameterValue: name, ResolvedValue: 'ami-0000000f' }];
    return `ssm:Parameter ${name} version 2, named by CloudFormation stack ${addStack(account, { Parameters })} parameter Ami`;
  },
  "a stack's output": (account, OutputValue) =>
    `cloudformation:Stack ${addStack(account, { Outputs: [{ OutputKey: 'Base', OutputValue }] })} output Base`,
  "a stack's template": (account, image) =>
    `cloudformation:Stack ${addStack(account, {}, `Mappings:\n  Map:\n    eu-west-1: { ami: ${image} }\n`)} template`,
  "a function's environment": (account, image) =>
    `lambda:Function ${addFunction(account, { STAGE: '', AMI: `{"base":"${image}"}` })} environment variable AMI`,
  "a state machine's definition": (account, image) => {
    const definition = JSON.stringify({ States: { Launch: { Parameters: { ImageId: image } } } });
    return `stepfunctions:StateMachine ${addStateMachine(account, definition)} `;
  },
  "a schedule's input": (account, image) =>
    `scheduler:Schedule ${addSchedule(account, JSON.stringify({ ImageId: image }))} `,
  "an association's parameters": (account, image) =>
    `ssm:Association ${addAssociation(account, { ImageId: [image] })} "AWS-UpdateLinuxAmi"`,
  "an automation's parameters in a maintenance window": (account, image) =>
    `ssm:MaintenanceWindow ${addWindow(account, {}, { Automation: { Parameters: { AmiId: [image] } } })} "patching", task ${uuidOf('task-1')}`,
  "a function's payload in a maintenance window": (account, image) =>
    `ssm:MaintenanceWindow ${addWindow(account, { Lambda: { Payload: new TextEncoder().encode(`{"ami":"${image}"}`) } })} "patching", task ${uuidOf('task-0')}`,
};

/** Systems Manager's ids are of this shape. */
function uuidOf(id: string): string {
  return `00000000-0000-0000-0000-${id
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(-12)
    .padStart(12, '0')}`;
}
