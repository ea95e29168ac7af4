import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { PASSES, type PassName } from '../model/plan.ts';
import { planAgainst } from './commands/against.ts';
import { printCompletion } from './commands/completion.ts';
import { type EnforceOptions, runPasses } from './commands/enforce.ts';
import { explain } from './commands/explain.ts';
import { type InitOptions, init } from './commands/init.ts';
import { type NotifyOptions, notify, notifyAfter } from './commands/notify.ts';
import { planPasses } from './commands/plan.ts';
import { checkPolicy, printPolicySchema } from './commands/policy.ts';
import { type RecordOptions, record } from './commands/record.ts';
import { type RestoreOptions, restoreRun } from './commands/restore.ts';
import { type SandboxCommandOptions, serveSandbox } from './commands/sandbox.ts';
import { SHELLS, type Shell } from './completion.ts';
import { EXIT, type ExitCode, explainError } from './errors.ts';
import { addExamples } from './help.ts';
import { type Io, say } from './io.ts';
import {
  bucketOption,
  DEFAULT_POLICY,
  type PlanOptions,
  parseTime,
  withEnforceOptions,
  withPlanOptions,
} from './options.ts';

/**
 * Runs one command line.
 * @param args what follows the program's name
 * @returns the exit code; errors are told in one sentence on stderr, with a stack only for `--debug`
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
    .showHelpAfterError('(run with --help to see what it takes)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => io.stderr.columns ?? HELP_WIDTH,
    });
  addPlanCommands(program, io, done);
  addPolicyCommands(program, io, done);
  addAccountCommands(program, io, done);
  addFirstSteps(program, io, done);
  addExamples(program);
  return program;
}

function addPlanCommands(program: Command, io: Io, done: (code: ExitCode) => void): void {
  withPlanOptions(program.command('plan'))
    .description('a dry run of every pass: what each would do, and why every other image stays')
    .option('--account <file>', 'decide over a recording instead of AWS')
    .option('--against <file>', 'another policy: list what the two decide differently, and why')
    .action(async (options: PlanOptions & { readonly against?: string }) =>
      done(
        await (options.against === undefined
          ? planPasses(io, PASSES, options)
          : planAgainst(io, options.against, options)),
      ),
    );
  for (const pass of PASSES) {
    withEnforceOptions(program.command(pass).description(`${PASS_DOES[pass]}; a dry run unless --enforce`)).action(
      async (options: EnforceOptions) => done(await runPasses(io, [pass], options)),
    );
  }
  withEnforceOptions(program.command('run').description('every pass in order; a dry run unless --enforce')).action(
    async (options: EnforceOptions) =>
      done(await runPasses(io, PASSES, options, (report) => notifyAfter(io, report, options))),
  );
  addNotifyCommand(program, io, done);
  withPlanOptions(program.command('explain'))
    .description('the whole reasoning for one image: rule, facts, every reference by name')
    .argument('<image-id>')
    .option('--account <file>', 'decide over a recording instead of AWS')
    .action(async (imageId: string, options: PlanOptions) => done(await explain(io, imageId, options)));
}

function addNotifyCommand(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('notify')
    .description('tells owners what the plan holds for their images; a dry run prints the messages instead')
    .option('--policy <file>', 'the policy', DEFAULT_POLICY)
    .option('--region <region>', "the Region to look at (default: AWS_REGION, or the profile's)")
    .addOption(bucketOption())
    .option('--at <time>', 'the messages as of then, such as 2027-01-31 or 2027-01-31T08:00:00Z', parseTime)
    .option('--account <file>', 'decide over a recording instead of AWS')
    .addOption(
      new Option('--format <format>', "how to print: text, or Block Kit's json")
        .choices(['text', 'json'])
        .default('text'),
    )
    .option('--enforce', 'send them, after asking on the terminal')
    .option('--yes', 'with --enforce: do not ask')
    .action(async (options: NotifyOptions) => done(await notify(io, options)));
}

const PASS_DOES: Readonly<Record<PassName, string>> = {
  deprecate: 'deprecates images that are due, and reinstates those that no longer are',
  disable: 'disables deprecated images, where their rule asks for it',
  deregister: 'deregisters images that were deprecated long enough ago, with their snapshots',
  'delete-snapshots': 'deletes snapshots that deregistered images left behind',
};

function addPolicyCommands(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const policy = program.command('policy').description('check a policy, or print the schema of all policies');
  policy
    .command('check')
    .description('errors with line, column and the nearest known key')
    .argument('<file>')
    .action(async (file: string) => done(await checkPolicy(io, file)));
  policy
    .command('schema')
    .description('the JSON Schema, for editors')
    .action(async () => done(await printPolicySchema(io)));
}

function addAccountCommands(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('record')
    .description('writes the account to a file that "plan --account" decides over')
    .argument('<file>')
    .option('--policy <file>', 'whose "references" section says what to look at', DEFAULT_POLICY)
    .option('--region <region>', "the Region to look at (default: AWS_REGION, or the profile's)")
    .addOption(bucketOption())
    .action(async (file: string, options: RecordOptions) => done(await record(io, file, options)));
  program
    .command('restore')
    .description('brings back from the Recycle Bin what a run removed; a dry run unless --enforce')
    .argument('<run-id>')
    .option('--region <region>', "the Region to look at (default: AWS_REGION, or the profile's)")
    .addOption(bucketOption())
    .addOption(new Option('--format <format>', 'how to print the result').choices(['table', 'json']).default('table'))
    .option('--enforce', 'do it, after asking on the terminal')
    .option('--yes', 'with --enforce: do not ask')
    .action(async (runId: string, options: RestoreOptions) => done(await restoreRun(io, runId, options)));
  program
    .command('sandbox')
    .description('serves an embedded account as an AWS endpoint, and prints the variables to export')
    .option('--port <number>', 'the port on loopback (default: any that is free)', wholeNumber(0, 65_535))
    .option('--images <number>', 'how many images it has', wholeNumber(1, 100_000))
    .option('--seed <number>', 'another number gives another account', wholeNumber(0, 2 ** 31))
    .action(async (options: SandboxCommandOptions) => done(await serveSandbox(io, options)));
}

function addFirstSteps(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command('init')
    .description('writes a first policy from what the account holds, and prints what it would do')
    .option('--out <file>', 'where to; a file that is there is never overwritten', DEFAULT_POLICY)
    .option('--region <region>', "the Region to look at (default: AWS_REGION, or the profile's)")
    .option('--account <file>', 'read a recording instead of AWS')
    .action(async (options: InitOptions) => done(await init(io, options)));
  program
    .command('completion')
    .description('prints a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action(async (shell: Shell) => done(await printCompletion(io, shell, program)));
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < least || number > most) {
      throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
    }
    return number;
  };
}
