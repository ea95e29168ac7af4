import { setImmediate } from 'node:timers/promises';
import { onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import type { Call, Fault } from '../../sandbox/calls.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import { type ActAnswer, actOnTarget } from '../../src/organization/act/act-on-target.ts';
import { joinTargets } from '../../src/organization/join/join-targets.ts';
import { readRegionTarget } from '../../src/organization/read/read-target.ts';
import { type OrganizationRun, type RunRecord, readRun, writePolicy } from '../../src/organization/run.ts';
import type { RegionTarget } from '../../src/organization/s3-keys.ts';
import { Store } from '../../src/organization/store.ts';
import { type TargetRow, targetsOf } from '../../src/organization/targets/targets.ts';
import type { Report } from '../../src/report/report.ts';
import { AWAY, HOME, MEMBER, type SeededOrganization } from '../builders/organization.ts';
import { passWaits } from '../builders/pass-waits.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve } from '../builders/serve.ts';
import { parseReport } from '../report/texts.ts';
import { NOW } from '../scenarios/account.ts';

export const BUCKET = 'ami-janitor-reports';
const RUN_ID = '20261121T020000Z-1a2b3c4d';
export const SETTINGS = {
  homeRegion: HOME,
  readRole: MEMBER.readRole,
  actRole: MEMBER.actRole,
  externalId: MEMBER.externalId,
  templateParameter: MEMBER.templateParameter,
};

/** Every image older than a month goes, a month after it was deprecated, unless anything anywhere uses it. */
export const POLICY = `
version: 1
references: { sharedImages: evaluate }
targets: { organizationalUnits: [r-exmp] }
rules:
  - name: all
    select: { name: "*" }
    keep: { youngerThan: 30d }
    deprecate: {}
    deregister: { after: 30d }
    snapshots: delete
limits: { perRun: 100, stopAbove: 100% }
`;

/** A run that acts, over the home Region alone: half the calls, where a story needs no other. */
export const AT_HOME = { mode: 'enforce', regions: [HOME] } as const;

export interface RunningOptions {
  readonly mode?: 'dry-run' | 'enforce';
  readonly policy?: string;
  readonly intercept?: (call: Call) => Fault | undefined;
  readonly runId?: string;
  readonly rows?: readonly TargetRow[];
  /** The Regions of every active member; both of the story where left out. */
  readonly regions?: readonly string[];
  /** The run begins so much later. */
  readonly laterMilliseconds?: number;
  /** AWS's request limits, by a clock on which waiting takes no time. */
  readonly limited?: boolean;
}

/** One run over an organization of the embedded endpoint, state by state as the state machine would make them. */
export class Running {
  #milliseconds = 0;
  readonly #limited: boolean;
  intercept: ((call: Call) => Fault | undefined) | undefined;
  readonly seeded: SeededOrganization;
  readonly sandbox: Sandbox;
  readonly home: Clients;
  readonly store: Store;
  readonly rows: readonly TargetRow[];
  readonly warnings: string[] = [];
  #record: RunRecord | undefined;
  #joined = '';
  #joinedIteration = 0;
  /** Of the organization: how often all targets were read. */
  iteration = 1;

  private constructor(
    seeded: SeededOrganization,
    sandbox: Sandbox,
    runId: string,
    rows: readonly TargetRow[],
    limited: boolean,
  ) {
    this.#limited = limited;
    this.seeded = seeded;
    this.sandbox = sandbox;
    this.home = createClients(HOME, { maxAttempts: 2 });
    this.store = new Store(this.home.s3, BUCKET, `organization/${runId}/`);
    this.rows = rows;
  }

  static #last: Running | undefined;

  /** The one before is closed, and this one when its test ends. */
  static async start(seeded: SeededOrganization, options: RunningOptions = {}): Promise<Running> {
    if (Running.#last === undefined) onTestFinished(() => Running.#last?.close());
    await Running.#last?.close();
    const {
      mode = 'dry-run',
      policy = POLICY,
      runId = RUN_ID,
      regions = [HOME, AWAY],
      rows = [seeded.golden, ...seeded.consumers].map(({ accountId }) => ({ accountId, regions: [...regions] })),
      limited = false,
      laterMilliseconds = 0,
    } = options;
    const held: { running?: Running } = {};
    const sandbox = await serve({
      ...seeded.sandbox,
      now: () => held.running?.now ?? NOW,
      intercept: (call) => held.running?.intercept?.(call),
      ...(limited && { requestBuckets: { milliseconds: () => held.running?.milliseconds ?? 0 } }),
    });
    passWaits();
    // What a story added after the organization was seeded was deprecated by earlier runs too.
    for (const { state } of [seeded.golden.home, seeded.golden.away])
      bearOut(seeded.janitor.home.state.buckets, BUCKET, state);
    const running = new Running(seeded, sandbox, runId, rows, limited);
    held.running = running;
    Running.#last = running;
    running.intercept = options.intercept;
    running.pass(laterMilliseconds);
    const written = { source: 's3://policy', sha256: '0'.repeat(64), file: parse(policy) };
    running.#record = {
      runId,
      mode,
      startedAt: running.now,
      isLatest: true,
      startedBy: { kind: 'lambda', functionArn: 'arn:x:organization-targets', invocationId: '1', logStream: 'today' },
      sha256: {
        policy: await writePolicy(running.store, written),
        targets: await running.store.writeJson('targets.json', rows),
      },
    };
    await running.#rememberShares();
    return running;
  }

  /** Lets time go by. */
  pass(milliseconds: number): void {
    this.#milliseconds += milliseconds;
  }

  get milliseconds(): number {
    return this.#milliseconds;
  }

  get now(): Date {
    return new Date(NOW.getTime() + this.#milliseconds);
  }

  async close(): Promise<void> {
    if (Running.#last !== this) return;
    Running.#last = undefined;
    this.home.destroy();
    await this.sandbox.close();
    vi.unstubAllEnvs();
  }

  run(): Promise<OrganizationRun> {
    if (this.#record === undefined) throw new Error('the run was not started');
    return readRun(this.store, this.#record);
  }

  /** Reads every target; gives why some could not be. */
  async readAll(): Promise<Map<string, string>> {
    const failed = new Map<string, string>();
    for (const place of targetsOf(this.rows)) {
      const regions = this.rows.find(({ accountId }) => accountId === place.accountId)?.regions ?? [];
      await readRegionTarget({ ...(await this.#request(place)), regions, iteration: this.iteration }).catch(
        (error: unknown) =>
          failed.set(`${place.accountId}/${place.region}`, error instanceof Error ? error.message : String(error)),
      );
    }
    return failed;
  }

  async join(toleratedPercent = 100) {
    const run = await this.run();
    const {
      iteration: _,
      sha256,
      ...figures
    } = await joinTargets(this.store, run, toleratedPercent, this.now, this.iteration);
    this.#joined = sha256;
    this.#joinedIteration = this.iteration;
    return figures;
  }

  /** Everything up to acting. */
  async readAndJoin() {
    await this.readAll();
    return this.join();
  }

  /** One round in a place. */
  async round(place: RegionTarget, isLast = false): Promise<ActAnswer> {
    return actOnTarget({
      ...(await this.#request(place)),
      joined: { iteration: this.iteration, sha256: this.#joined },
      isLast,
      deadline: new Date(this.now.getTime() + 600_000),
    });
  }

  /** Rounds until no work is left, reading all targets anew as often as one place waits for it; how many rounds there were. */
  async act(place: RegionTarget = this.golden): Promise<number> {
    // As the state machine goes on where reading anew was killed.
    if (this.#joinedIteration !== this.iteration) await this.readAndJoin();
    for (let rounds = 1; rounds <= 50; rounds += 1) {
      const { status } = await this.round(place);
      if (status === 'ended') return rounds;
      if (status === 'waiting') await this.readAnew();
    }
    throw new Error('there is always work left');
  }

  /** Another iteration: all targets are read anew and joined. */
  async readAnew(): Promise<void> {
    this.iteration += 1;
    await this.readAndJoin();
  }

  get golden(): RegionTarget {
    return { accountId: this.seeded.golden.accountId, region: HOME };
  }

  async actEverywhere(): Promise<void> {
    for (const place of targetsOf(this.rows)) await this.act(place);
  }

  /** The report of a place. */
  async report(place: RegionTarget = this.golden): Promise<Report> {
    const text = await this.store.at('latest/').readText(`${place.accountId}/${place.region}/report.json`);
    const parsed = parseReport(text ?? '');
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.report;
  }

  /** What a story shares before its first run was shared when the earlier runs saw it that deprecated its images. */
  async #rememberShares(): Promise<void> {
    const kept = this.store.at('organization/');
    const since = new Date(NOW.getTime() - 60 * 86_400_000).toISOString();
    const { accountId, home, away } = this.seeded.golden;
    for (const { state } of [home, away]) {
      const name = `shared-since/${accountId}/${state.region}.json`;
      if ((await kept.readText(name)) !== undefined) continue;
      const entries = [...state.launchPermissions].map(([id, permissions]) => {
        const all = permissions.map((one) => one.UserId ?? one.OrganizationArn ?? one.OrganizationalUnitArn);
        return [id, { with: all.filter((one) => one !== undefined), since }];
      });
      await kept.writeJson(name, entries);
    }
  }

  /** Who waits for a token finds that the time has come. */
  #pace() {
    const sleep = async (milliseconds: number) => {
      const until = this.#milliseconds + milliseconds;
      await setImmediate();
      this.#milliseconds = Math.max(this.#milliseconds, until);
    };
    return { now: () => this.#milliseconds, sleep };
  }

  async #request(target: RegionTarget) {
    const logger = {
      info: () => {},
      warn: (line: string, facts: object) => void this.warnings.push(`${line} ${JSON.stringify(facts)}`),
    };
    const clock = () => this.now;
    return {
      run: await this.run(),
      store: this.store,
      target,
      home: this.home,
      members: this.#limited ? { ...SETTINGS, clients: { pace: this.#pace() } } : SETTINGS,
      clock,
      logger,
    };
  }
}
