import { type Instance, paginateDescribeInstances, type Tag } from '@aws-sdk/client-ec2';
import { BrokenAnswerError, essential, itemsOf, listOf } from '../aws/requests.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, reference } from './findings.ts';

/** Instances in every state but terminated, those that other AWS services manage too. */
export const instances: Finder = {
  source: 'instances',
  async *find({ clients, requests }) {
    const input = { MaxResults: 1000, IncludeManagedResources: true };
    const reservations = paginateDescribeInstances({ client: clients.ec2 }, input);
    let read = 0;
    for await (const { Instances, ReservationId } of itemsOf(reservations, 'Reservations', requests)) {
      essential(Instances?.[0], `instance of the reservation ${ReservationId}`);
      for (const instance of listOf(Instances, 'Instances')) {
        read += 1;
        if (instance.State?.Name !== 'terminated') yield* findingsOf(instance);
      }
    }
    requests.items = read;
  },
};

function* findingsOf(instance: Instance): Generator<Finding> {
  const id = essential(instance.InstanceId, 'InstanceId');
  const tags = new Map((instance.Tags ?? []).map((tag) => tagOf(tag, id)));
  const name = tags.get('Name');
  const state = instance.State?.Name ?? 'state unknown';
  yield* imageFindings(
    essential(instance.ImageId, `ImageId of instance ${id}`),
    reference('ec2:Instance', id, name === undefined ? state : `"${name}", ${state}`),
  );

  // EC2 says only by these tags which template version an instance was launched from.
  const templateId = tags.get('aws:ec2launchtemplate:id');
  const version = tags.get('aws:ec2launchtemplate:version');
  if (templateId !== undefined && version !== undefined) {
    yield { finds: 'launch-template', mention: { templateId, version }, namedBy: `instance ${id}`, past: true };
  }
}

/** A tag without its key or value may be the one that names the template; an empty value is a value. */
function tagOf({ Key, Value }: Tag, id: string): [string, string] {
  if (Value === undefined) throw new BrokenAnswerError(`the answer has a tag of instance ${id} without its value`);
  return [essential(Key, `key of a tag of instance ${id}`), Value];
}
