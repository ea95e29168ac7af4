import { Argument, Command, CommanderError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { PASSES, type PassName } from '../model/plan.ts';
import { printCompletion, SHELLS } from './commands/completion.ts';
import { type EnforceOptions, runPasses } from './commands/enforce.ts';
import { explain } from './commands/explain.ts';
import { init } from './commands/init.ts';
import { printLookups } from './commands/lookups.ts';
import { notify, notifyAfter } from './commands/notify.ts';
import { planAgainst, planPasses } from './commands/plan.ts';
import { checkPolicy, printPolicySchema } from './commands/policy.ts';
import { record } from './commands/record.ts';
import { restoreRun } from './commands/restore.ts';
import { serveSandbox } from './commands/sandbox.ts';
import { addExamples } from './help.ts';
import { EXIT, type ExitCode, explainError, type Io, say, UsageError } from './io.ts';
import {
  DEFAULT_POLICY,
  PLAN_OPTIONS,
  type PlanOptions,
  PRINT_OPTIONS,
  parseTime,
  wholeNumber,
  withAlias,
  withOptions,
} from './options.ts';

/**
 * Runs one command line.
 * @param args what follows the program's name
 * @returns the exit code; errors are one sentence on stderr, with a stack only for `--debug`
 */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = buildProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    const { sentence, exitCode: code } = explainError(error);
    say(io, `ami-janitor: ${sentence}`);
    if (args.includes('--debug') && error instanceof Error) say(io, error.stack ?? '');
    return code;
  }
}

const HELP_WIDTH = 80;

function buildProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('ami-janitor')
    .description('Finds what still uses each AMI, retires the ones that are due, and explains every decision.')
    .version(packageJson.version)
    .option('--debug', 'show the stack of an error')
    // Every client, and every setting of the profile, goes by it; it wins over keys in the environment.
    .hook('preAction', (_, command) => {
      const { profile } = command.opts<{ readonly profile?: string }>();
      if (profile !== undefined) process.env.AWS_PROFILE = profile;
    })
    .showHelpAfterError('(run with --help to see what it takes)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
    });
  const ending: Ending =
    (run) =>
    async (...args) =>
      done(await run(io, ...args));
  addPlanCommands(program, ending);
  addAccountCommands(program, ending);
  addExamples(program, io.command);
  return program;
}

/** Makes a command's action of what it does: the exit code is the program's. */
type Ending = <Args extends readonly unknown[]>(
  run: (io: Io, ...args: Args) => Promise<ExitCode>,
) => (...args: Args) => Promise<void>;

const PASS_DOES: Readonly<Record<PassName, string>> = {
  protect: "turns EC2's deregistration protection on for images in use, and its own off where nothing uses them",
  deprecate: 'deprecates images that are due, and reinstates those that no longer are',
  disable: 'disables deprecated images, where their rule asks for it',
  archive: 'archives the snapshots of disabled images, where their rule asks for it and that saves',
  deregister: 'deregisters images that were deprecated long enough ago, with their snapshots',
  'delete-snapshots': 'deletes snapshots that deregistered images left behind',
};

const WHICH_TO_PROTECT =
  'protect needs --in-use: it protects what something references; without --enforce it only says what it would do';

function addPlanCommands(program: Command, ending: Ending): void {
  withOptions(program.command('plan'), ...PLAN_OPTIONS, ...PRINT_OPTIONS)
    .description('a dry run of every pass: what each would do, and why every other image stays')
    .option('--against <file>', 'another policy: list what the two decide differently, and why')
    .action(
      ending((io, options: PlanOptions & { readonly against?: string }) =>
        options.against === undefined ? planPasses(io, PASSES, options) : planAgainst(io, options.against, options),
      ),
    );
  for (const pass of PASSES) {
    const own = pass === 'protect' ? (['inUse'] as const) : [];
    withOptions(program.command(pass), ...own, ...PLAN_OPTIONS, ...PRINT_OPTIONS, 'enforce', 'yes')
      .description(`${PASS_DOES[pass]}; a dry run unless --enforce`)
      .action(
        ending((io, options: EnforceOptions) => {
          if (pass === 'protect' && options.inUse === undefined) throw new UsageError(WHICH_TO_PROTECT);
          return runPasses(io, [pass], options);
        }),
      );
  }
  withOptions(program.command('run'), ...PLAN_OPTIONS, ...PRINT_OPTIONS, 'enforce', 'yes')
    .description('every pass in order; a dry run unless --enforce')
    .action(
      ending((io, options: EnforceOptions) =>
        runPasses(io, PASSES, options, (report) => notifyAfter(io, report, options)),
      ),
    );
  const messageFormat = new Option('--format <format>', "how to print: text, or Block Kit's json");
  withOptions(
    program.command('notify'),
    'policy',
    'profile',
    'region',
    'bucket',
    new Option('--at <time>', 'the messages as of then, such as 2027-01-31 or 2027-01-31T08:00:00Z').argParser(
      parseTime,
    ),
    'recording',
    messageFormat.choices(['text', 'json']).default('text'),
    new Option(
      '--block-kit <number>',
      'print the blocks of this one message, to paste into Slack’s Block Kit Builder',
    ).argParser(wholeNumber(1, 100_000)),
    new Option('--enforce', 'send them, after asking on the terminal'),
    'yes',
  )
    .description('tells owners what the plan holds for their images; a dry run prints the messages instead')
    .action(ending(notify));
  const explained = new Option('--format <format>', 'how to print it').choices(['table', 'json', 'markdown']);
  withOptions(
    program.command('explain <image>'),
    ...(['policy', 'profile', 'region', 'bucket', 'at', 'recording'] as const),
    explained.default('table'),
  )
    .description('the whole reasoning for one image, by its id, its name or a snapshot: rule, facts, every reference')
    .action(ending(explain));
}

function addAccountCommands(program: Command, ending: Ending): void {
  const policy = program.command('policy').description('check a policy, or print the schema of all policies');
  withOptions(policy.command('check <file>'), 'recording', 'at')
    .description('errors and second thoughts with line and column; with a recording, what each rule owns there')
    .action(ending(checkPolicy));
  policy.command('schema').description('the JSON Schema, for editors').action(ending(printPolicySchema));
  const recorded = new Option('--policy <file>', 'whose "references" section says what to look at');
  withOptions(program.command('record <file>'), recorded.default(DEFAULT_POLICY), 'profile', 'region', 'bucket')
    .description('writes the account to a file that "plan --recording" decides over')
    .action(ending(record));
  const format = new Option('--format <format>', 'how to print the result').choices(['table', 'json']).default('table');
  withOptions(program.command('restore <run-id>'), 'profile', 'region', 'bucket', format, 'enforce', 'yes')
    .option('--organization', 'in every account and Region where an organization’s run removed anything')
    .option('--external-id <id>', 'with --organization: the ExternalId that the member template was given')
    .option('--member-prefix <name>', 'with --organization: its NamePrefix (default: ami-janitor)')
    .description('brings back from the Recycle Bin what a run removed; a dry run unless --enforce')
    .action(ending(restoreRun));
  program
    .command('lookups')
    .description('prints the lookups of Terraform, Packer, CloudFormation and Karpenter files, for a policy')
    .argument('<dir...>', 'where to search for such files')
    .action(ending((io, directories: readonly string[]) => printLookups(io, directories)));
  program
    .command('sandbox')
    .description('serves an embedded account as an AWS endpoint, and prints the variables to export')
    .option('--port <number>', 'the port on loopback (default: any that is free)', wholeNumber(0, 65_535))
    .option('--images <number>', 'how many images it has', wholeNumber(1, 100_000))
    .option('--seed <number>', 'another number gives another account', wholeNumber(0, 2 ** 31))
    .action(ending(serveSandbox));
  const written = new Option('--policy <file>', 'where to; a file that is there is never overwritten');
  const first = withOptions(program.command('init'), written.default(DEFAULT_POLICY), 'profile', 'region', 'recording');
  withAlias(first, 'out', 'policy')
    .description('writes a first policy from what the account holds, and prints what it would do')
    .action(ending(init));
  program
    .command('completion')
    .description('prints a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(ending((io, shell: (typeof SHELLS)[number]) => printCompletion(io, shell, program)));
}
