import { readFileSync } from 'node:fs';
import { policiesOf } from '../../test/deploy/simulate.ts';
import { parseTemplate } from '../../test/deploy/template.ts';

/** Every policy of a packaged template's roles as CloudFormation would make it, by a name that says whose it is. */
export function iamPolicies(file: string): Map<string, unknown> {
  const template = parseTemplate(JSON.parse(readFileSync(file, 'utf8')));
  const given = { CodeBucket: 'our-code', Organization: 'true', MemberExternalId: 'ami-janitor-example' };
  const roles = Object.entries(template.Resources).flatMap(([id, { Type }]) => (Type === 'AWS::IAM::Role' ? [id] : []));
  return new Map(
    roles.flatMap((role) =>
      policiesOf(template, role, true, given).map(({ name, policy }): [string, unknown] => [
        name in template.Resources ? name : `${role} ${name}`,
        policy,
      ]),
    ),
  );
}
