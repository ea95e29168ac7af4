import * as z from 'zod';
import { RefusedError } from './errors.ts';
import { problemsOf } from './problems.ts';

const schema = z.object({
  AWS_REGION: z.string('must be set').min(1, 'must be set'),
  REPORT_BUCKET: z.string('must be set').min(1, 'must be set'),
  POLICY: z.string('must be set').regex(/^s3:\/\/[^/]+\/.+/, 'must be "s3://BUCKET/KEY"'),
  JANITOR_ENFORCE: z.enum(['true', 'false']).default('false'),
  JANITOR_REGIONS: z
    .string()
    .regex(
      /^\[\s*"[a-z]{2}(?:-[a-z]+)+-\d"(?:\s*,\s*"[a-z]{2}(?:-[a-z]+)+-\d")*\s*\]$/,
      'must be a list of Regions such as ["eu-west-1"]',
    )
    .transform((text) => [...text.matchAll(/[a-z0-9-]+/g)].map(([region]) => region))
    .optional(),
  REPORT_BASE_URL: z
    .string()
    .regex(/^(?:https:\/\/[^\s<>|?#]+)?$/, 'must be an address such as "https://reports.example.com", or empty')
    .default(''),
});

/** What the deployment says. */
export interface Environment {
  readonly region: string;
  readonly reportBucket: string;
  /** Where the policy lies, where the event names none. */
  readonly policy: string;
  /** Whether the deployment allows acting at all. */
  readonly mayEnforce: boolean;
  /** The Regions that the deployment serves; its own where it says nothing. An enforcing run goes nowhere else. */
  readonly regions: readonly string[];
  /** Where people open what lies in the report bucket, without a slash at its end; S3's console where it is left out. */
  readonly reportBaseUrl?: string;
}

/** Reads the function's environment; throws one sentence that names every variable that is wrong. */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = schema.safeParse(variables, { reportInput: true });
  if (!parsed.success)
    throw new RefusedError(`The function's environment is not valid: ${problemsOf(parsed.error, []).join('; ')}.`);
  const { AWS_REGION, REPORT_BUCKET, POLICY, JANITOR_ENFORCE, JANITOR_REGIONS, REPORT_BASE_URL } = parsed.data;
  return {
    region: AWS_REGION,
    reportBucket: REPORT_BUCKET,
    policy: POLICY,
    mayEnforce: JANITOR_ENFORCE === 'true',
    regions: JANITOR_REGIONS ?? [AWS_REGION],
    ...(REPORT_BASE_URL !== '' && { reportBaseUrl: REPORT_BASE_URL.replace(/\/+$/, '') }),
  };
}
