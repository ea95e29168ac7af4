import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import * as z from 'zod';
import { deployerPolicies } from './deployer-policy.ts';

const statement = z.looseObject({ Sid: z.string(), Effect: z.string() });
const policyDocument = z.object({ Statement: z.array(statement) });
const role = z.object({
  Properties: z.object({ Policies: z.array(z.object({ PolicyName: z.string(), PolicyDocument: policyDocument })) }),
});
const template = z.object({
  Resources: z.object({
    ReadPolicy: z.object({ Properties: z.object({ PolicyDocument: policyDocument }) }),
    ActRole: role,
    RestoreRole: role,
  }),
});

/** What only an organization's run does. */
const ACROSS_ACCOUNTS = ['LetGoOfSharedImages'];

/** The policies for people, by their file: at the command line what the roles of member.yml may, and what deploying takes. */
export async function iamDocuments(): Promise<Record<string, string>> {
  const { ReadPolicy, ActRole, RestoreRole } = template.parse(
    parse(await readFile('deploy/organization/member.yml', 'utf8')),
  ).Resources;
  const own = ({ Properties }: z.output<typeof role>) =>
    Properties.Policies.flatMap((one) => one.PolicyDocument.Statement);
  const written = (statements: readonly unknown[]) =>
    `${JSON.stringify({ Version: '2012-10-17', Statement: statements.map(substituted) }, null, 2)}\n`;
  return {
    'docs/iam/reader.json': written(
      ReadPolicy.Properties.PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow'),
    ),
    'docs/iam/actor.json': written(own(ActRole).filter(({ Sid }) => !ACROSS_ACCOUNTS.includes(Sid))),
    'docs/iam/restorer.json': written(own(RestoreRole)),
    ...Object.fromEntries(
      Object.entries(await deployerPolicies()).map(([name, one]) => [`docs/iam/${name}.json`, written(one)]),
    ),
  };
}

const sub = z.object({ 'Fn::Sub': z.string() });

/** A policy as IAM takes it; whatever account it is pasted into, IAM looks there alone. */
function substituted(value: unknown): unknown {
  const text = sub.safeParse(value);
  if (text.success) {
    return text.data['Fn::Sub'].replace(/\$\{AWS::Partition\}/g, 'aws').replace(/\$\{AWS::AccountId\}/g, '*');
  }
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, substituted(one)]));
}
