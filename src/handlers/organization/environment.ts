import * as z from 'zod';
import { type Environment, parseEnvironment, type Variables } from '../environment.ts';
import { parseInput } from '../problems.ts';

const ROLE = /^[\w+=,.@-]+(?:\/[\w+=,.@-]+)*$/;
const ROLE_IS = 'must be the path and name of a role, such as "ami-janitor/ami-janitor-read"';

const schema = z
  .object({
    MEMBER_READ_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-read'),
    MEMBER_ACT_ROLE: z.string().regex(ROLE, ROLE_IS).default('ami-janitor/ami-janitor-act'),
    MEMBER_EXTERNAL_ID: z
      .string('must be set')
      .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits or any of +=,.@:/-'),
    TOLERATED_FAILURE_PERCENTAGE: z
      .string()
      .regex(/^(?:\d{1,2}|100)$/, 'must be a whole number from 0 to 100')
      .default('5'),
  })
  .transform(({ MEMBER_READ_ROLE, MEMBER_ACT_ROLE, MEMBER_EXTERNAL_ID, TOLERATED_FAILURE_PERCENTAGE }) => ({
    roles: { readRole: MEMBER_READ_ROLE, actRole: MEMBER_ACT_ROLE, externalId: MEMBER_EXTERNAL_ID },
    /** Of all targets, so many may be unread before nothing is decided at all. */
    toleratedPercent: Number(TOLERATED_FAILURE_PERCENTAGE),
  }));

/** What the deployment says to the functions that go through an organization. */
export type OrganizationEnvironment = Environment & Readonly<z.output<typeof schema>>;

/** Reads the function's environment; throws one sentence that names every variable that is wrong. */
export function parseOrganizationEnvironment(variables: Variables): OrganizationEnvironment {
  return { ...parseEnvironment(variables), ...parseInput(schema, variables, "The function's environment") };
}
