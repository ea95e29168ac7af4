import {
  DescribeAssociation$,
  type DescribeAssociationRequest,
  type DescribeAssociationResult,
  DescribeMaintenanceWindows$,
  type DescribeMaintenanceWindowsRequest,
  type DescribeMaintenanceWindowsResult,
  DescribeMaintenanceWindowTasks$,
  type DescribeMaintenanceWindowTasksRequest,
  type DescribeMaintenanceWindowTasksResult,
  GetMaintenanceWindowTask$,
  type GetMaintenanceWindowTaskRequest,
  type GetMaintenanceWindowTaskResult,
  ListAssociations$,
  type ListAssociationsRequest,
  type ListAssociationsResult,
} from '@aws-sdk/client-ssm';
import { ServiceError } from '../error.ts';
import { type Context, type Operation, read } from '../operation.ts';

/** State Manager's associations and maintenance windows. */

function sizeOf(asked: number | undefined, least: number, most: number): number {
  const size = asked ?? most;
  if (size >= least && size <= most) return size;
  const message = `Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value between ${least} and ${most}`;
  throw new ServiceError('ValidationException', `1 validation error detected: ${message}`);
}

function listAssociations(input: ListAssociationsRequest, { state, pages }: Context): ListAssociationsResult {
  const request = { token: input.NextToken, size: sizeOf(input.MaxResults, 1, 50) };
  const page = pages.take([...state.texts.associations.values()], ({ AssociationId }) => AssociationId, request);
  const Associations = page.items.map(({ AssociationId, AssociationName, Name, Targets }) => ({
    AssociationId,
    AssociationName,
    Name,
    Targets,
  }));
  return { Associations, NextToken: page.nextToken };
}

function describeAssociation(
  { AssociationId = '' }: DescribeAssociationRequest,
  { state }: Context,
): DescribeAssociationResult {
  const found = state.texts.associations.get(AssociationId);
  if (found === undefined) throw new ServiceError('AssociationDoesNotExist', 'The association does not exist.');
  return { AssociationDescription: found };
}

function describeWindows(
  input: DescribeMaintenanceWindowsRequest,
  { state, pages }: Context,
): DescribeMaintenanceWindowsResult {
  const windows = [...state.texts.maintenanceWindows.values()].map(({ window }) => window);
  const request = { token: input.NextToken, size: sizeOf(input.MaxResults, 10, 100) };
  const page = pages.take(windows, ({ WindowId }) => WindowId, request);
  return { WindowIdentities: page.items, NextToken: page.nextToken };
}

function tasksOf({ texts }: Context['state'], id = ''): readonly GetMaintenanceWindowTaskResult[] {
  const found = texts.maintenanceWindows.get(id);
  if (found === undefined) throw new ServiceError('DoesNotExistException', `Maintenance window ${id} does not exist`);
  return found.tasks;
}

function describeTasks(
  input: DescribeMaintenanceWindowTasksRequest,
  { state, pages }: Context,
): DescribeMaintenanceWindowTasksResult {
  const request = { token: input.NextToken, size: sizeOf(input.MaxResults, 10, 100) };
  const page = pages.take(tasksOf(state, input.WindowId), ({ WindowTaskId }) => WindowTaskId, request);
  const Tasks = page.items.map(({ WindowId, WindowTaskId, TaskArn, TaskType, Targets, TaskParameters }) => ({
    WindowId,
    WindowTaskId,
    TaskArn,
    Type: TaskType,
    Targets,
    TaskParameters,
  }));
  return { Tasks, NextToken: page.nextToken };
}

function getTask(input: GetMaintenanceWindowTaskRequest, { state }: Context): GetMaintenanceWindowTaskResult {
  const found = tasksOf(state, input.WindowId).find(({ WindowTaskId }) => WindowTaskId === input.WindowTaskId);
  if (found === undefined) throw new ServiceError('DoesNotExistException', `Task ${input.WindowTaskId} does not exist`);
  return found;
}

export const plannedTaskReads: readonly Operation[] = [
  read(ListAssociations$, listAssociations),
  read(DescribeAssociation$, describeAssociation),
  read(DescribeMaintenanceWindows$, describeWindows),
  read(DescribeMaintenanceWindowTasks$, describeTasks),
  read(GetMaintenanceWindowTask$, getTask),
];
