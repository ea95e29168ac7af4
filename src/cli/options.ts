import { type Command, InvalidArgumentError, Option } from 'commander';
import { ACTIONS } from '../model/plan.ts';
import type { Selection } from '../report/selection.ts';

const FORMATS = ['table', 'json', 'markdown', 'html', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const DEFAULT_POLICY = 'ami-janitor.yml';

/** The options of every command that plans. */
export interface PlanOptions extends Selection {
  readonly policy: string;
  /** One, or several with commas between them. */
  readonly region?: string;
  readonly format: Format;
  /** Print the table whole. */
  readonly details?: true;
  readonly out?: string;
  readonly at?: Date;
  readonly recording?: string;
  readonly profile?: string;
  /** Protect what is in use, whether the policy asks for that or not. */
  readonly inUse?: true;
  /** Exit 4 where changes are due. */
  readonly check?: true;
  /** The report bucket; else the environment's `REPORT_BUCKET`, as for the functions. */
  readonly bucket?: string;
}

/** Options that several commands take. */
export const OPTIONS = {
  policy: new Option('--policy <file>', 'the policy').default(DEFAULT_POLICY),
  region: new Option(
    '--region <region>',
    "the Region to look at; of a dry run several, each with its own --region (default: AWS_REGION, or the profile's)",
  ).argParser((region, before: string | undefined) => (before === undefined ? region : `${before},${region}`)),
  bucket: new Option(
    '--bucket <name>',
    'the report bucket, whose journal proves what this tool did itself (default: REPORT_BUCKET)',
  ),
  format: new Option('--format <format>', 'how to print the result').choices(FORMATS).default('table'),
  details: new Option('--details', 'print the whole table, every reason and source of it'),
  out: new Option(
    '--out <directory>',
    'also write report.json, report.md, report.html and images.csv there; of several Regions into a directory each',
  ),
  at: new Option('--at <time>', 'plan as of then, such as 2027-01-31 or 2027-01-31T08:00:00Z').argParser(parseTime),
  recording: new Option('--recording <file>', 'decide over a recording instead of AWS'),
  profile: new Option('--profile <name>', 'the profile of the AWS configuration (default: AWS_PROFILE)'),
  owner: new Option('--owner <glob>', 'print only images of such owners'),
  rule: new Option('--rule <glob>', 'print only images of such rules'),
  action: new Option('--action <action>', 'print only what this becomes of').choices(['keep', ...ACTIONS]),
  family: new Option('--family <glob>', 'print only images of such groups, such as webapp or webapp/arm64'),
  inUse: new Option('--in-use', 'protect what something references: there is nothing else to protect by'),
  check: new Option('--check', 'exit 4 where changes are due, for pipelines'),
  enforce: new Option('--enforce', 'do it, after asking on the terminal'),
  yes: new Option('--yes', 'with --enforce: do not ask'),
};

/** What every command that plans takes, in the order of its help. */
export const PLAN_OPTIONS = ['policy', 'profile', 'region', 'bucket', 'format', 'out', 'at', 'recording'] as const;
/** What a command that prints the plan of many images takes beside. */
export const PRINT_OPTIONS = ['details', 'owner', 'rule', 'action', 'family', 'check'] as const;

/** Adds options: those that several commands take by their names, and a command's own. */
export function withOptions(command: Command, ...options: readonly (keyof typeof OPTIONS | Option)[]): Command {
  for (const option of options) command.addOption(typeof option === 'string' ? OPTIONS[option] : option);
  return options.includes('recording') ? withAlias(command, 'account', 'recording') : command;
}

/** Takes an option by the name too that scripts of earlier versions use. */
export function withAlias(command: Command, alias: string, option: keyof typeof OPTIONS): Command {
  command.addOption(new Option(`--${alias} <file>`).hideHelp());
  return command.on(`option:${alias}`, (file) => command.setOptionValue(option, file));
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

/** A parser of whole numbers within limits. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}
