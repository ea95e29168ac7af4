import {
  GetSchedule$,
  type GetScheduleInput,
  type GetScheduleOutput,
  ListSchedules$,
  type ListSchedulesInput,
  type ListSchedulesOutput,
} from '@aws-sdk/client-scheduler';
import { ServiceError } from './error.ts';
import { type Context, type Operation, read } from './operation.ts';

const MOST = 100;

function listSchedules(input: ListSchedulesInput, { state, pages }: Context): ListSchedulesOutput {
  const size = input.MaxResults ?? MOST;
  if (size < 1 || size > MOST)
    throw new ServiceError('ValidationException', `MaxResults must be between 1 and ${MOST}`);
  const found = [...state.texts.schedules.values()].filter(
    ({ GroupName }) => (input.GroupName ?? GroupName) === GroupName,
  );
  const page = pages.take(found, ({ GroupName, Name }) => `${GroupName}/${Name}`, { token: input.NextToken, size });
  return {
    Schedules: page.items.map(({ Arn, GroupName, Name, State, Target }) => ({
      Arn,
      GroupName,
      Name,
      State,
      Target: { Arn: Target?.Arn },
    })),
    NextToken: page.nextToken,
  };
}

function getSchedule({ GroupName = 'default', Name }: GetScheduleInput, { state }: Context): GetScheduleOutput {
  const found = state.texts.schedules.get(`${GroupName}/${Name}`);
  if (found === undefined) throw new ServiceError('ResourceNotFoundException', `Schedule ${Name} does not exist.`, 404);
  return found;
}

export const schedulerOperations: readonly Operation[] = [
  read(ListSchedules$, listSchedules),
  read(GetSchedule$, getSchedule),
];
