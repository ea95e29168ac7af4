import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const runFile = promisify(execFile);
/** What the guides leave to their reader to fill in. */
const NAMES = {
  CODE_BUCKET: 'our-code',
  JANITOR_ACCOUNT: '000000000000',
  EXTERNAL_ID: 'ami-janitor-example',
  SLACK_TOKEN: 'xoxb-none',
};

/** AWS's command line, turned to an emulator, for commands as the guides have them. */
export class AwsCommands {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #names = new Map(Object.entries(NAMES));

  /**
   * @param folder where the commands are run
   * @param bin where the command line is
   */
  constructor(endpoint: string, folder: string, bin: string) {
    this.#folder = folder;
    this.#env = {
      ...process.env,
      PATH: [bin, process.env.PATH].join(delimiter),
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'eu-west-1',
    };
  }

  /** Has a name of the guides stand for something from now on. */
  let(name: string, value: string): void {
    this.#names.set(name, value);
  }

  /** Runs a command, and answers with what it printed. */
  async run(command: string): Promise<string> {
    const names = [...this.#names].reduce(
      (text, [name, value]) => text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), value),
      command,
    );
    // PyPI has version 1 of the command line, which takes a payload as it is and has no option for that.
    const filled = names.replace(' --cli-binary-format raw-in-base64-out', '');
    return (await runFile('bash', ['-c', filled], { cwd: this.#folder, env: this.#env })).stdout.trim();
  }

  /** An output of the guides' stack. */
  output(key: string): Promise<string> {
    const query = `Stacks[0].Outputs[?OutputKey=='${key}'].OutputValue`;
    return this.run(
      `aws cloudformation describe-stacks --stack-name ami-janitor-prod --query "${query}" --output text`,
    );
  }

  /** Waits for an execution of a state machine to end, and answers with its status. */
  async ended(arn: string): Promise<string> {
    const ask = `aws stepfunctions describe-execution --execution-arn ${arn} --query status --output text`;
    for (let tries = 0; tries < 180; tries += 1) {
      const status = await this.run(ask);
      if (status !== 'RUNNING') return status;
      await wait(1000);
    }
    return 'still running after some minutes';
  }
}
