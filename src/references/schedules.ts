import { GetScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import { unlessGone } from '../aws/errors.ts';
import { essential, itemsOf } from '../aws/requests.ts';
import { type Finder, readByName } from './finder.ts';
import { reference, textFindings } from './findings.ts';

/** EventBridge Scheduler: image ids in the targets, and so the inputs, of the schedules that the policy names. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const client = clients.of(SchedulerClient);
  const list = () => itemsOf(paginateListSchedules({ client }, { MaxResults: 100 }), 'Schedules', requests);
  yield* readByName(context, 'schedules', list, {
    nameOf: ({ GroupName, Name }) =>
      `${essential(GroupName, `GroupName of the schedule ${Name}`)}/${essential(Name, 'Name of a schedule')}`,
    read: async ({ GroupName, Name }) => {
      const scheduled = requests.send(() => client.send(new GetScheduleCommand({ GroupName, Name })));
      const answer = await unlessGone('ResourceNotFoundException', scheduled);
      if (answer === undefined) return [];
      const target = JSON.stringify(essential(answer.Target, `Target of the schedule ${Name}`));
      return [...textFindings(target, reference('scheduler:Schedule', `${GroupName}/${Name}`))];
    },
  });
};
