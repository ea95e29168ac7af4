import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import * as z from 'zod';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { sandboxEnvironment } from '../../sandbox/environment.ts';
import type { Sandbox } from '../../sandbox/server.ts';
import { type Clients, createClients } from '../../src/aws/clients.ts';
import { HOME } from '../builders/organization.ts';
import { serveDirectly } from '../builders/serve.ts';
import type { SlackServer } from '../notify/slack-server.ts';
import { parseReport } from '../report/texts.ts';
import type { Mailbox } from './mailbox.ts';
import { runOrganization } from './organization-run.ts';
import type { OrganizationWorld } from './organization-world.ts';
import type { Trouble } from './story.ts';
import { troubled, troubleSlack } from './troubled.ts';
import type { RunSeen, Witness } from './witness.ts';
import type { World } from './world.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** AWS's and a run's clock may differ by so much. */
const CLOCKS_MINUTES = 5;
/** The lifecycle of the report bucket. */
const RUN_STAYS_DAYS = 30;

const auditLine = z.looseObject({ action: z.string(), resourceId: z.string() });

/** The organization's functions at work, state by state as the state machine would make them. */
export class OrganizationRuns {
  readonly #world: OrganizationWorld;
  readonly #witnesses: ReadonlyMap<World, Witness>;
  readonly #mailbox: Mailbox;
  readonly #slack: SlackServer;
  readonly #sandbox: Sandbox;
  readonly #home: Clients;
  readonly #end: () => void;
  #intercept: ((call: Call) => Fault) | undefined;
  /** Runs in which anything went wrong, and their time. */
  readonly #disturbed: number[] = [];
  #count = 0;

  private constructor(
    [world, witnesses, mailbox, slack]: Parameters<typeof OrganizationRuns.open>,
    [sandbox, end]: readonly [Sandbox, () => void],
  ) {
    this.#world = world;
    this.#witnesses = witnesses;
    this.#mailbox = mailbox;
    this.#slack = slack;
    this.#sandbox = sandbox;
    this.#end = end;
    this.#home = createClients(HOME, { maxAttempts: 2, pace: 'off' });
  }

  /** Serves the organization; what waits, waits by its clock. */
  static async open(
    world: OrganizationWorld,
    witnesses: ReadonlyMap<World, Witness>,
    mailbox: Mailbox,
    slack: SlackServer,
  ): Promise<OrganizationRuns> {
    const held: { runs?: OrganizationRuns } = {};
    const { time } = world;
    const sandbox = await serveDirectly({
      ...world.seeded.sandbox,
      now: time.now,
      intercept: (call) => (held.runs === undefined ? undefined : held.runs.#intercept?.(call)),
    });
    const before = { wait: timers.setTimeout, random: Math.random, environment: { ...process.env } };
    const settings = sandboxEnvironment(sandbox.url, HOME);
    Object.assign(process.env, settings);
    Object.assign(timers, { setTimeout: (milliseconds = 0) => time.pass(milliseconds) });
    // AWS's clients wait a random part of their time before they try again.
    Math.random = () => 0;
    syncBuiltinESMExports();
    const end = () => {
      Object.assign(timers, { setTimeout: before.wait });
      Math.random = before.random;
      for (const name of Object.keys(settings)) delete process.env[name];
      Object.assign(process.env, before.environment);
      syncBuiltinESMExports();
    };
    held.runs = new OrganizationRuns([world, witnesses, mailbox, slack], [sandbox, end]);
    return held.runs;
  }

  async close(): Promise<void> {
    this.#end();
    this.#home.destroy();
    await this.#sandbox.close();
  }

  async night(trouble: Trouble): Promise<void> {
    const { time, worlds, isLockedOut } = this.#world;
    const startedAt = time.milliseconds;
    const isQuiet = Object.keys(trouble).length === 0 && !isLockedOut;
    if (!isQuiet) this.#disturbed.push(startedAt);
    this.#count += 1;
    const runId = `${time.now().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z-${this.#count.toString(16).padStart(8, '0')}`;
    const skewMinutes = trouble.skewMinutes ?? 0;
    const isOff = Math.abs(skewMinutes) > CLOCKS_MINUTES ? `its clock is ${skewMinutes} minutes off` : undefined;
    const seen = new Map(
      worlds.map((world): [World, RunSeen] => {
        const faults = trouble.faults?.length ?? 0;
        return [
          world,
          { ...{ runId, faults, isOver: false, did: new Set() }, mayNotTake: undefined, mayNotWrite: isOff },
        ];
      }),
    );
    const troubles = troubled(this.#world, trouble, {
      before: (call) => {
        const world = this.#world.of(call);
        const run = world && seen.get(world);
        return world && run && this.#witnesses.get(world)?.before(call, run);
      },
      denied: (operation) => {
        for (const run of seen.values()) run.mayNotTake ??= `${operation} is denied`;
      },
    });
    this.#intercept = troubles.intercept;
    const posts = this.#slack.posted.length;
    troubleSlack(this.#slack, trouble, troubles.isDead);
    const given = { world: this.#world, slack: this.#slack, home: this.#home };
    const failed = await runOrganization({ ...given, runId, skewMinutes, troubles });
    this.#intercept = undefined;
    if (isQuiet && failed.length > 0) this.#found('undisturbed', `a run fails: ${failed.join('; ')}`);
    for (const run of seen.values()) run.isOver = true;
    this.#mailbox.read(this.#slack.posted.slice(posts), time.milliseconds, false, (id, since) =>
      this.#mayRepeat(id, since, startedAt),
    );
    for (const [world, run] of seen) this.#checkEnd(world, run, isQuiet ? startedAt : undefined);
    this.#forget();
  }

  /** What a target's report and records say, where the run came so far. @param quietSince where nothing went wrong */
  #checkEnd(world: World, { did, runId }: RunSeen, quietSince: number | undefined): void {
    const { state, reports } = world;
    const path = `${state.accountId}/${state.region}`;
    const text = reports.get(`latest/${path}/report.json`)?.body;
    const parsed = text && parseReport(Buffer.from(text).toString());
    if (!parsed?.ok || parsed.report.runId !== runId) {
      if (quietSince !== undefined) this.#found('undisturbed', `${path} has no report of ${runId}`);
      return;
    }
    const [, audit] =
      [...reports].find(([key]) => key.startsWith(`audit/${path}/`) && key.endsWith(`/${runId}.jsonl`)) ?? [];
    const lines = Buffer.from(audit?.body ?? [])
      .toString()
      .split('\n')
      .filter(Boolean);
    const told = new Set(
      lines.map((line) => auditLine.parse(JSON.parse(line))).map(({ action, resourceId }) => `${action} ${resourceId}`),
    );
    for (const act of did)
      if (!told.has(act) && !told.has(act.replace('deprecate', 'reinstate')))
        this.#found('audit', `${act} by ${runId} is not in its records`);
    if (quietSince === undefined) return;
    if (!parsed.report.complete) this.#found('undisturbed', `${path} could not be read completely`);
    const deferred = parsed.report.passes.flatMap((pass) => pass.deferred);
    world.seeHolds(quietSince, new Set(deferred.map((action) => ('imageId' in action ? String(action.imageId) : ''))));
  }

  #found(invariant: string, what: string): void {
    const [witness] = this.#witnesses.values();
    witness?.found(invariant, what);
  }

  /** Whether there was a reason to tell of an image again; within one run people alone are one. */
  #mayRepeat(id: string, since: number, runStartedAt: number): boolean {
    const life = this.#world.worlds.map((world) => world.lifeOf(id)).find((one) => one !== undefined);
    if (life === undefined || life.touchedAt >= since || this.#mailbox.isWithdrawnSince(id, since)) return true;
    // What was told on its eve counts for a day.
    if (life.markedAt !== undefined && life.markedAt - since > DAY) return true;
    if (since >= runStartedAt) return false;
    const policySince = this.#world.worlds[0]?.policySince ?? 0;
    return policySince >= since || this.#disturbed.some((at) => at >= since - DAY);
  }

  /** What the bucket's lifecycle takes away. */
  #forget(): void {
    const before = this.#world.time.milliseconds - RUN_STAYS_DAYS * DAY;
    const reports = this.#world.worlds[0]?.reports ?? new Map();
    for (const [key, { lastModified }] of reports)
      if (/^organization\/\d{8}T/.test(key) && lastModified.getTime() < before) reports.delete(key);
  }
}
