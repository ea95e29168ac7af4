import * as z from 'zod';
import type { MemberSettings } from '../../organization/targets/member.ts';
import { type Environment, parseEnvironment } from '../environment.ts';
import { RefusedError } from '../errors.ts';
import { problemsOf } from '../problems.ts';

const ROLE = /^[\w+=,.@-]+(?:\/[\w+=,.@-]+)*$/;
const ROLE_IS = 'must be the path and name of a role, such as "ami-janitor/ami-janitor-read"';

const schema = z.object({
  MEMBER_READ_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-read'),
  MEMBER_ACT_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-act'),
  MEMBER_EXTERNAL_ID: z
    .string('must be set')
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits or any of +=,.@:/-'),
  TOLERATED_FAILURE_PERCENTAGE: z
    .string()
    .regex(/^(?:\d{1,2}|100)$/, 'must be a whole number from 0 to 100')
    .default('5'),
});

/** What the deployment says to the functions that go through an organization. */
export interface OrganizationEnvironment extends Environment {
  readonly members: MemberSettings;
  /** Of all targets, so many may be unread before nothing is decided at all. */
  readonly toleratedPercent: number;
}

/** Reads the function's environment; throws one sentence that names every variable that is wrong. */
export function parseOrganizationEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): OrganizationEnvironment {
  const environment = parseEnvironment(variables);
  const parsed = schema.safeParse(variables, { reportInput: true });
  if (!parsed.success)
    throw new RefusedError(`The function's environment is not valid: ${problemsOf(parsed.error, []).join('; ')}.`);
  const { MEMBER_READ_ROLE, MEMBER_ACT_ROLE, MEMBER_EXTERNAL_ID, TOLERATED_FAILURE_PERCENTAGE } = parsed.data;
  return {
    ...environment,
    members: {
      homeRegion: environment.region,
      readRole: MEMBER_READ_ROLE,
      actRole: MEMBER_ACT_ROLE,
      externalId: MEMBER_EXTERNAL_ID,
    },
    toleratedPercent: Number(TOLERATED_FAILURE_PERCENTAGE),
  };
}
