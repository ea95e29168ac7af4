import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeImagesCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { mayBeOff } from '../../src/model/sources.ts';
import { command, dueOf, type Ended, policyText, type Told, unreadOf } from './commands.ts';
import { fillIn } from './fill-in.ts';
import { type Call, Gateway } from './gateway.ts';
import { BUCKET, REGION, type Seeded, seed } from './seed.ts';

/** How one step went: `passed`, `idle` where there was nothing to do, `safe` where the endpoint lacks what it takes and nothing was touched, or `wrong`. */
interface Step {
  readonly name: string;
  readonly result: 'passed' | 'idle' | 'safe' | 'wrong';
  readonly why: string;
}

/** What came of one endpoint. */
export interface Journey {
  readonly steps: readonly Step[];
  readonly seeded: Seeded;
  /** Sources that could not be read, with why. */
  readonly unread: ReadonlyMap<string, string>;
  /** Those that stay unread where this program answers what it can for the endpoint. */
  readonly off: readonly string[];
  /** Every request to the endpoint itself. */
  readonly calls: readonly Call[];
  /** What was answered for the endpoint, so that the journey could go on. */
  readonly filled: ReadonlySet<string>;
}

const DAY = 86_400_000;
/** Seeds an endpoint through its own API and goes through every command there. */
export async function journey(url: string): Promise<Journey> {
  const folder = await mkdtemp(join(tmpdir(), 'ami-janitor-foreign-'));
  try {
    return await new Traveler(url, folder, await seed(url)).go();
  } finally {
    await rm(folder, { recursive: true });
  }
}

class Traveler {
  readonly #steps: Step[] = [];
  readonly #filled = new Set<string>();
  readonly #bare: Gateway;
  readonly #gateway: Gateway;
  readonly #folder: string;
  readonly seeded: Seeded;

  constructor(url: string, folder: string, seeded: Seeded) {
    this.#bare = new Gateway(url);
    this.#gateway = new Gateway(url, [fillIn(this.#filled)]);
    this.#folder = folder;
    this.seeded = seeded;
  }

  async go(): Promise<Journey> {
    const policy = join(this.#folder, 'policy.yml');
    const of = ['--policy', policy, '--bucket', BUCKET, '--format', 'json'];
    await writeFile(policy, policyText([]));
    const bare = await this.#command(this.#bare, 100, 'plan', ...of);
    const unread = unreadOf(bare.told);
    const touched = dueOf(bare.told);
    if (unread.size > 0)
      this.#step('what is unread keeps everything', touched.length === 0, true, [...unread.keys()].join(', '));
    await this.#init(unread);
    const before = await this.#look();
    await this.#command(this.#bare, 100, 'deprecate', ...of, '--enforce', '--yes');
    if (unread.size > 0) this.#step('and an enforcing run does nothing', before === (await this.#look()), true, '');

    const off = [...unreadOf((await this.#command(this.#gateway, 100, 'plan', ...of)).told).keys()];
    await writeFile(policy, policyText(off));
    const { told, exitCode } = await this.#command(this.#gateway, 100, 'plan', ...of);
    const due = dueOf(told);
    const wrong = this.#asExpected(told, off);
    this.#step('plan', wrong.length === 0, exitCode === 0, wrong.join('; ') || `${String(due.length)} images due`);
    await this.#explain(policy, told, off);
    await this.#record(policy, told);
    await this.#passes(policy, due);
    const { calls } = this.#gateway;
    const { seeded } = this;
    return { steps: this.#steps, seeded, unread, off, calls: [...this.#bare.calls, ...calls], filled: this.#filled };
  }

  #step(name: string, isRight: boolean, isWhole: boolean, why: string, done = 1): void {
    const right = isWhole ? (done > 0 ? 'passed' : 'idle') : 'safe';
    this.#steps.push({ name, result: isRight ? right : 'wrong', why });
  }

  async #init(unread: ReadonlyMap<string, string>): Promise<void> {
    const policy = join(this.#folder, 'first.yml');
    const { exitCode, stderr } = await this.#command(this.#bare, 100, 'init', '--policy', policy);
    const text = await readFile(policy, 'utf8').catch(() => '');
    const check = await this.#command(this.#bare, 100, 'policy', 'check', policy);
    const mayGo = [...unread.keys()].filter(mayBeOff);
    const names = mayGo.every((name) => stderr.includes(`off: [${name}]`));
    const draft = mayGo.length === 0 || text.includes(`# off: [${mayGo.join(', ')}]`);
    this.#step(
      'init',
      check.exitCode === 0 && names && draft,
      exitCode === (unread.size > 0 ? 1 : 0),
      check.stderr.slice(0, 200),
    );
  }

  /** What is not as the seed has it: an image that is used and due, or one that nothing uses and is not. */
  #asExpected(told: Told | undefined, off: readonly string[]): string[] {
    if (told === undefined) return ['no plan'];
    const decided = new Map(told.images.map((image) => [image.imageId, image]));
    const isOff = (kind: string) => off.some((name) => OFF_KINDS[name]?.includes(kind) === true);
    return [...this.seeded.images].flatMap(([name, { imageId, expected }]) => {
      const image = decided.get(imageId);
      if (image === undefined) return [`${name}: not in the plan`];
      const isDue = image.decision !== 'keep';
      if (expected === 'none')
        return isDue ? [] : [`${name}: kept for ${image.reasons.map(({ code }) => code).join(', ')}`];
      return isDue && !isOff(expected) ? [`${name}: ${image.decision}`] : [];
    });
  }

  async #explain(policy: string, told: Told | undefined, off: readonly string[]): Promise<void> {
    const wrong: string[] = [];
    for (const [name, { imageId, expected }] of this.seeded.images) {
      const { exitCode, stdout } = await this.#command(
        this.#gateway,
        100,
        'explain',
        imageId,
        '--policy',
        policy,
        '--bucket',
        BUCKET,
      );
      const kinds = told?.images.find((image) => image.imageId === imageId)?.references.map(({ kind }) => kind) ?? [];
      const isNamed =
        !expected.includes(':') || kinds.includes(expected) || off.some((one) => OFF_KINDS[one]?.includes(expected));
      if (exitCode !== 0 || !stdout.includes(imageId) || !isNamed) wrong.push(`${name} (${String(exitCode)})`);
    }
    this.#step('explain', wrong.length === 0, true, wrong.join(', '));
  }

  async #record(policy: string, told: Told | undefined): Promise<void> {
    const file = join(this.#folder, 'account.json');
    const written = await this.#command(this.#gateway, 100, 'record', file, '--policy', policy, '--bucket', BUCKET);
    const again = await this.#command(
      this.#gateway,
      100,
      'plan',
      '--policy',
      policy,
      '--recording',
      file,
      '--format',
      'json',
    );
    const line = (one: Told | undefined) =>
      one?.images
        .map(({ imageId, decision }) => `${imageId} ${decision}`)
        .sort()
        .join();
    this.#step(
      'record',
      line(again.told) === line(told),
      written.exitCode === 0,
      written.stderr.split('\n').at(-2) ?? '',
    );
  }

  async #passes(policy: string, due: readonly string[]): Promise<void> {
    const all = [...this.seeded.images.values()].map(({ imageId }) => imageId);
    const used = all.filter((imageId) => !due.includes(imageId));
    const snapshots = new Map(this.#snapshots);
    let last = '';
    for (const [pass, day] of [
      ['deprecate', 100],
      ['disable', 102],
      ['deregister', 110],
      ['delete-snapshots', 111],
    ] as const) {
      const args = [pass, '--policy', policy, '--bucket', BUCKET, '--enforce', '--yes', '--format', 'json'];
      const { exitCode, told, stderr } = await this.#command(this.#gateway, day, ...args);
      const done = told?.outcomes.filter(({ status }) => status === 'done').map(({ resourceId }) => resourceId) ?? [];
      const failed = told?.outcomes.filter(({ status }) => status !== 'done') ?? [];
      const harmed = done.filter((id) => used.includes(id));
      await this.#look();
      const missing = used
        .flatMap((imageId) => [imageId, ...(snapshots.get(imageId) ?? [])])
        .filter((id) => !this.#there.has(id));
      if (pass === 'deregister') last = told?.runId ?? '';
      const why = `${String(done.length)} done, ${String(failed.length)} not${failed[0] === undefined ? '' : `: ${JSON.stringify(failed[0])}`} ${stderr.slice(0, 200)}`;
      this.#step(
        pass,
        harmed.length === 0 && missing.length === 0,
        exitCode === 0 && failed.length === 0,
        why,
        done.length,
      );
    }
    const { exitCode, stdout, stderr } = await this.#command(
      this.#gateway,
      112,
      'restore',
      last,
      '--bucket',
      BUCKET,
      '--enforce',
      '--yes',
    );
    this.#step('restore', exitCode !== 2, exitCode === 0, `${stdout}${stderr}`.slice(0, 300));
  }

  /** The images and snapshots that are there. */
  #there = new Set<string>();
  /** What each image maps. */
  #snapshots = new Map<string, readonly string[]>();

  /** Every image that the endpoint has, with its state and tags, as it says itself. */
  async #look(): Promise<string> {
    const { ec2 } = this.#bare.connect(REGION);
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true }));
    const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
    const ids = [...Images.map(({ ImageId }) => ImageId), ...Snapshots.map(({ SnapshotId }) => SnapshotId)];
    this.#there = new Set(ids.filter((id) => id !== undefined));
    this.#snapshots = new Map(
      Images.map(({ ImageId = '', BlockDeviceMappings = [] }) => [
        ImageId,
        BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []),
      ]),
    );
    return Images.map(({ ImageId, State, Tags, DeprecationTime }) =>
      JSON.stringify([ImageId, State, Tags, DeprecationTime]),
    )
      .sort()
      .join();
  }

  #command(gateway: Gateway, day: number, ...args: readonly string[]): Promise<Ended> {
    return command(gateway, () => new Date(Date.now() + day * DAY), ...args);
  }
}

/** What only a source knows that may be off at an endpoint which can't be asked for it. */
const OFF_KINDS: Readonly<Record<string, readonly string[]>> = {
  'auto-scaling-groups': ['ec2:LaunchTemplate'],
  'launch-templates': ['ec2:LaunchTemplate', 'ssm:Parameter'],
  'ec2-fleets': ['ec2:LaunchTemplate'],
  'spot-fleets': ['ec2:SpotFleetRequest'],
  'ssm-parameters': ['ssm:Parameter'],
};
