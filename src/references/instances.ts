import { DescribeInstancesCommand, type Instance } from '@aws-sdk/client-ec2';
import { listOf, pages } from '../aws/pages.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, reference } from './image-value.ts';

/** Instances in every state but terminated, those that other AWS services manage too. */
export const instances: Finder = {
  source: 'instances',
  permissions: ['ec2:DescribeInstances'],
  after: [],
  async *find({ clients, requests }) {
    const answers = pages(
      (NextToken) =>
        requests.send(() =>
          clients.ec2.send(
            new DescribeInstancesCommand({ MaxResults: 1000, IncludeManagedResources: true, NextToken }),
          ),
        ),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const reservation of listOf(page.Reservations, 'Reservations')) {
        for (const instance of listOf(reservation.Instances, 'Instances')) {
          if (instance.State?.Name !== 'terminated') yield* findingsOf(instance);
        }
      }
    }
  },
};

function* findingsOf(instance: Instance): Generator<Finding> {
  const tags = new Map((instance.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  const id = instance.InstanceId ?? '';
  const name = tags.get('Name');
  const state = instance.State?.Name ?? 'state unknown';
  yield* imageFindings(
    instance.ImageId,
    reference('ec2:Instance', id, name === undefined ? state : `"${name}", ${state}`),
  );

  // EC2 tells only by these tags which template version an instance was launched from.
  const templateId = tags.get('aws:ec2launchtemplate:id');
  const version = tags.get('aws:ec2launchtemplate:version');
  if (templateId !== undefined && version !== undefined) {
    yield { finds: 'launch-template', mention: { templateId, version }, namedBy: `instance ${id}`, past: true };
  }
}
