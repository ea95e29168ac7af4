import { type Command, InvalidArgumentError, Option } from 'commander';

const FORMATS = ['table', 'json', 'markdown', 'html', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const DEFAULT_POLICY = 'ami-janitor.yml';

/** The options of every command that plans. */
export interface PlanOptions {
  readonly policy: string;
  readonly region?: string;
  readonly format: Format;
  readonly out?: string;
  readonly at?: Date;
  readonly account?: string;
  readonly bucket?: string;
}

/** Adds the options that every command that plans takes. */
export function withPlanOptions(command: Command): Command {
  return command
    .option('--policy <file>', 'the policy', DEFAULT_POLICY)
    .option('--region <region>', "the Region to look at (default: AWS_REGION, or the profile's)")
    .addOption(bucketOption())
    .addOption(new Option('--format <format>', 'how to print the result').choices(FORMATS).default('table'))
    .option('--out <directory>', 'also write report.json, report.md, report.html and images.csv there')
    .option('--at <time>', 'plan as of then, such as 2027-01-31 or 2027-01-31T08:00:00Z', parseTime);
}

/** Where the journal lies; every command that looks at AWS takes it. */
export function bucketOption(): Option {
  return new Option(
    '--bucket <name>',
    'the report bucket, whose journal proves what this tool did itself (default: REPORT_BUCKET)',
  );
}

/** Adds the options of every command that can act. */
export function withEnforceOptions(command: Command): Command {
  return withPlanOptions(command)
    .option('--account <file>', 'decide over a recording instead of AWS')
    .option('--enforce', 'do it, after asking on the terminal')
    .option('--yes', 'with --enforce: do not ask');
}

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** An ISO 8601 time with its zone, or a date, which is its first moment in UTC. */
export function parseTime(text: string): Date {
  const time = new Date(text);
  if (!TIME.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError('give an ISO date or time such as 2027-01-31 or 2027-01-31T08:00:00Z.');
  }
  return time;
}
