import {
  GetMaintenanceWindowTaskCommand,
  type GetMaintenanceWindowTaskResult,
  type MaintenanceWindowIdentity,
  type MaintenanceWindowTask,
  paginateDescribeMaintenanceWindows,
  paginateDescribeMaintenanceWindowTasks,
} from '@aws-sdk/client-ssm';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import { type Finder, type FinderContext, type Finding, readByName } from './finder.ts';
import { reference, textFindings } from './findings.ts';

const GONE = 'DoesNotExistException';

/** Maintenance windows: image ids in what the tasks of those that the policy names are given. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const paginator = paginateDescribeMaintenanceWindows({ client: clients.ssm }, { MaxResults: 100 });
  yield* readByName(context, 'maintenance-windows', () => itemsOf(paginator, 'WindowIdentities', requests), {
    nameOf: ({ Name, WindowId }) => essential(Name, `Name of the maintenance window ${WindowId}`),
    read: (window) => readWindow(context, window),
  });
};

async function readWindow(context: FinderContext, { Name, WindowId: id }: MaintenanceWindowIdentity) {
  const { clients, requests } = context;
  const WindowId = essential(id, `WindowId of ${Name}`);
  const paginator = paginateDescribeMaintenanceWindowTasks({ client: clients.ssm }, { WindowId, MaxResults: 100 });
  const tasks = (await unlessGone(GONE, Array.fromAsync(itemsOf(paginator, 'Tasks', requests)))) ?? [];
  const findings: Finding[] = [];
  for (const task of tasks) {
    const taskId = essential(task.WindowTaskId, `WindowTaskId of a task of ${WindowId}`);
    const named = reference('ssm:MaintenanceWindow', WindowId, `"${Name}", task ${taskId}`);
    findings.push(...textFindings(await readTask(context, WindowId, taskId, task), named));
  }
  return findings;
}

/** The list has a task's older parameters alone. */
async function readTask(
  { clients, requests }: FinderContext,
  WindowId: string,
  WindowTaskId: string,
  { TaskParameters, Targets }: MaintenanceWindowTask,
): Promise<string> {
  const command = new GetMaintenanceWindowTaskCommand({ WindowId, WindowTaskId });
  const answer = await unlessGone(
    GONE,
    requests.send(() => clients.ssm.send(command)),
  );
  return answer === undefined ? '' : JSON.stringify({ TaskParameters, Targets, ...given(answer) });
}

function given({ WindowTaskId, TaskInvocationParameters }: GetMaintenanceWindowTaskResult) {
  essential(WindowTaskId, 'WindowTaskId of a task');
  // A function's payload comes as bytes.
  const payload = TaskInvocationParameters?.Lambda?.Payload;
  return { TaskInvocationParameters, payload: payload && new TextDecoder().decode(payload) };
}
