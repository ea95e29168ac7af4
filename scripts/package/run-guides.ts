import { equal, match } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { AwsCommands } from './aws-commands.ts';
import { commandsOf } from './guides.ts';

const execution = z.object({ executionArn: z.string() });
/** What the console's Empty does, up to a thousand versions. */
const EMPTY =
  'aws s3api delete-objects --bucket REPORT_BUCKET --delete "$(aws s3api list-object-versions --bucket REPORT_BUCKET --query \'{Objects: [Versions, DeleteMarkers][?@][].{Key: Key, VersionId: VersionId}}\')"';

/** Reads what the emulator has; every source that it does not know is off. */
const policyWithout = (off: readonly string[]) => `
version: 1
references: { off: [${off.join(', ')}] }
targets: { accounts: ["000000000000"], regions: [eu-west-1] }
rules: [{ name: all, select: {}, keep: { youngerThan: 60d }, deprecate: {} }]
`;

/**
 * Runs AWS's commands of all guides, in their order and as they stand there.
 * @param folder where they are run; it has dist/package
 * @param off the sources of references that the emulator does not know
 * @param act runs once everything is set up, before the upgrade
 */
export async function runGuides(
  aws: AwsCommands,
  folder: string,
  off: readonly string[],
  act: () => Promise<void>,
): Promise<void> {
  await writeFile(join(folder, 'ami-janitor.yml'), policyWithout(off));
  let bucket = '';
  for (const guide of readdirSync('docs/guides').sort()) {
    if (guide.startsWith('5-')) {
      await act();
      await becomeAnotherVersion(join(folder, 'dist/package'));
    }
    for (const command of commandsOf(guide).filter((one) => one.startsWith('aws '))) {
      if (command.startsWith('aws s3 rb ')) await aws.run(EMPTY);
      const answer = await aws.run(command);
      console.log(`${guide}: ${command}`);
      if (command.includes('ReportBucketName')) {
        bucket = answer;
        aws.let('REPORT_BUCKET', bucket);
      }
      if (command.includes(' deploy ') && bucket !== '') equal(await aws.output('ReportBucketName'), bucket);
      if (command.includes('Organization=true'))
        aws.let('STATE_MACHINE', await aws.output('OrganizationStateMachineArn'));
      if (command.includes('answer.json'))
        match(await readFile(join(folder, 'answer.json'), 'utf8'), /"report": ?"s3:/);
      if (command.includes('told.json')) match(await readFile(join(folder, 'told.json'), 'utf8'), /"announced": ?0/);
      if (command.includes('start-execution'))
        equal(await aws.ended(execution.parse(JSON.parse(answer)).executionArn), 'SUCCEEDED');
    }
  }
}

/** As the next version's package is: the code of a function is another file. */
async function becomeAnotherVersion(folder: string): Promise<void> {
  const file = join(folder, 'ami-janitor.json');
  const template = await readFile(file, 'utf8');
  const [old = ''] = /report-[0-9a-f]{16}\.zip/.exec(template) ?? [];
  const next = 'report-0123456789abcdef.zip';
  await copyFile(join(folder, old), join(folder, next));
  await writeFile(file, template.replaceAll(old, next));
}
