import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { installed } from '../python.ts';

/** A cleaner of images, asked for what it would remove of an account where nothing may be written. */
export interface Tool {
  readonly name: string;
  /** What it was told, as people would. */
  readonly options: string;
  /** The ids of what it would remove; a text where it can't be had here, or fails. */
  readonly run: (folder: string) => Promise<ReadonlySet<string> | string>;
}

export const OURS = `version: 1
references:
  ssmParameters: [{ name: "/text/*", mayBeEmpty: true }]
  documents: [{ path: "s3://runbooks/recovery/", mayBeEmpty: true }]
rules:
  - name: all
    select: { name: "web-*" }
    keep: { youngerThan: 60d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
orphanSnapshots: { deleteAfter: 30d }
limits: { perRun: 9999, stopAbove: 100% }
`;
export const CUSTODIAN = `policies:
  - name: images
    resource: aws.ami
    filters:
      - { type: value, key: Name, op: glob, value: "web-*" }
      - { type: image-age, days: 60 }
      - { type: unused, value: true }
      - not: [{ type: cross-account }]
    actions: [{ type: deregister, delete-snapshots: true }]
  - name: snapshots
    resource: aws.ebs-snapshot
    filters:
      - { type: unused, value: true }
      - { type: age, days: 60, op: ge }
    actions: [delete]
`;

/** @param policy what of `references.byName` an account of every kind asks for  @param amicleaner its checkout, where npm has it not */
export function toolsOf(byName: object, amicleaner: string | undefined): Tool[] {
  return [
    {
      name: 'ami-janitor',
      options: 'the policy below, and in `references.byName` what of the account has to be asked for by name',
      run: async (folder) => {
        const file = join(folder, 'policy.yml');
        await writeFile(file, OURS.replace('references:\n', `references:\n  byName: ${JSON.stringify(byName)}\n`));
        const { stdout } = await ran(process.execPath, [
          resolve('src/cli/main.ts'),
          'plan',
          '--policy',
          file,
          '--format',
          'json',
        ]);
        const report: { images: Decided[]; snapshots: Decided[] } = JSON.parse(stdout);
        return new Set(
          [...report.images, ...report.snapshots].flatMap(({ decision, imageId, snapshotId }) =>
            decision === 'keep' ? [] : [snapshotId ?? imageId ?? ''],
          ),
        );
      },
    },
    {
      name: 'Cloud Custodian 0.9.53 (PyPI)',
      options: 'the policies below, `custodian run --dryrun`',
      run: async (folder) => {
        const bin = installed('compare-custodian', ['c7n==0.9.53', 'boto3==1.43.103', 'botocore==1.43.127']);
        if (bin === undefined) return 'not reached on PyPI';
        await writeFile(join(folder, 'custodian.yml'), CUSTODIAN);
        const out = join(folder, 'custodian');
        const args = ['run', '--dryrun', '--cache-period', '0', '-s', out, join(folder, 'custodian.yml')];
        const { stderr } = await ran(join(bin, 'custodian'), args);
        const found = await Promise.all(
          ['images', 'snapshots'].map(
            async (name): Promise<Decided[]> =>
              JSON.parse(await readFile(join(out, name, 'resources.json'), 'utf8').catch(() => 'null')),
          ),
        );
        if (found.includes(Object(null))) return stderr.slice(0, 600);
        return new Set(found.flat().map(({ ImageId, SnapshotId }) => ImageId ?? SnapshotId ?? ''));
      },
    },
    {
      name: 'aws-amicleaner 1.3.0 (npm)',
      options:
        "`--region eu-west-1 --include-name 'web-*' --exclude-newest 0 --exclude-days 60 --exclude-in-use`, answered with no",
      run: async () => {
        const main = join(
          amicleaner ?? join(await npm('aws-amicleaner@1.3.0'), 'node_modules/aws-amicleaner'),
          'index.js',
        );
        if (!existsSync(main)) return 'not in this registry; --amicleaner DIR names a checkout with its packages';
        const args = [
          main,
          '--region',
          'eu-west-1',
          '--include-name',
          'web-*',
          '--exclude-newest',
          '0',
          '--exclude-days',
          '60',
          '--exclude-in-use',
        ];
        const { stdout, stderr } = await ran(process.execPath, args, 'N\n');
        if (!stdout.includes('Delete?')) return stderr.slice(0, 600);
        return new Set(
          stdout.split('\n').flatMap((line) => (/\| yes +\|/.test(line) ? (/ami-\w+/.exec(line) ?? []) : [])),
        );
      },
    },
  ];
}

interface Decided {
  readonly decision?: string;
  readonly imageId?: string;
  readonly snapshotId?: string;
  readonly ImageId?: string;
  readonly SnapshotId?: string;
}

async function npm(what: string): Promise<string> {
  const folder = resolve('node_modules/.cache/compare-npm');
  await ran('npm', ['install', '--no-save', '--prefix', folder, what]);
  return folder;
}

function ran(command: string, args: readonly string[], typed = ''): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done) => {
    const child = spawn(command, args);
    const [stdout, stderr]: [string[], string[]] = [[], []];
    child.stdout.on('data', (piece) => stdout.push(String(piece)));
    child.stderr.on('data', (piece) => stderr.push(String(piece)));
    child.on('close', () => done({ stdout: stdout.join(''), stderr: stderr.join('') }));
    child.stdin.end(typed);
  });
}
