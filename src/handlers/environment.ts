import * as z from 'zod';
import { REGION } from '../model/ids.ts';
import { parseInput } from './errors.ts';

/** The variables of a function, as its deployment sets them. */
export type Variables = Readonly<Record<string, string | undefined>>;

const QUOTED_REGION = `"${REGION.source.slice(1, -1)}"`;
const MUST_BE_SET = 'must be set';

const schema = z
  .object({
    AWS_REGION: z.string(MUST_BE_SET).min(1, MUST_BE_SET),
    REPORT_BUCKET: z.string(MUST_BE_SET).min(1, MUST_BE_SET),
    POLICY: z.string(MUST_BE_SET).regex(/^s3:\/\/[^/]+\/.+/, 'must be "s3://BUCKET/KEY"'),
    JANITOR_ENFORCE: z.enum(['true', 'false']).default('false'),
    JANITOR_REGIONS: z
      .string()
      .regex(
        new RegExp(`^\\[\\s*${QUOTED_REGION}(?:\\s*,\\s*${QUOTED_REGION})*\\s*\\]$`),
        'must be a list of Regions such as ["eu-west-1"]',
      )
      .transform((text) => [...text.matchAll(/[a-z0-9-]+/g)].map(([region]) => region))
      .optional(),
    REPORT_BASE_URL: z
      .string()
      .regex(/^(?:https:\/\/[^\s<>|?#]+)?$/, 'must be an address such as "https://reports.example.com", or empty')
      .default(''),
    EVENT_BUS: z
      .string()
      .regex(/^[\w./-]{0,256}$/, "must be the name of one of EventBridge's event buses, or empty")
      .default(''),
  })
  .transform(({ AWS_REGION: region, REPORT_BUCKET, POLICY, JANITOR_ENFORCE, JANITOR_REGIONS, ...given }) => ({
    region,
    reportBucket: REPORT_BUCKET,
    /** Where the policy is, where the event names none. */
    policy: POLICY,
    /** Whether the deployment allows acting at all. */
    mayEnforce: JANITOR_ENFORCE === 'true',
    /** The Regions that the deployment serves; its own where it says nothing. An enforcing run goes nowhere else. */
    regions: JANITOR_REGIONS ?? [region],
    /** Where people open what lies in the report bucket, without a slash at its end; S3's console where it is left out. */
    ...(given.REPORT_BASE_URL !== '' && { reportBaseUrl: given.REPORT_BASE_URL.replace(/\/+$/, '') }),
    /** Where events go; absent where nobody wants them. */
    ...(given.EVENT_BUS !== '' && { eventBus: given.EVENT_BUS }),
  }));

/** What the deployment says. */
export type Environment = Readonly<z.output<typeof schema>>;

/** Reads the function's environment; throws one sentence that names every variable that is wrong. */
export function parseEnvironment(variables: Variables): Environment {
  return parseInput(schema, variables, "The function's environment");
}
