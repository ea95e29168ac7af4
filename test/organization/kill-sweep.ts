import * as z from 'zod';
import type { Call, Fault } from '../../sandbox/calls.ts';
import { LockedError } from '../../src/model/errors.ts';
import { HOME, seedOrganization } from '../builders/organization.ts';
import { AT_HOME, BUCKET, POLICY, Running } from './running.ts';

/**
 * What happens at a call: the invocation ends before AWS has done what was asked, or after; or it lives on while the
 * execution is stopped and redriven.
 */
export const KILLS = ['before', 'after', 'redriven'] as const;
export type Kill = (typeof KILLS)[number];

/** One more than two thirds of what is due: the limit must hold through every kill. */
const PER_RUN = 9;
const DUE = 13;
/** So that one round can’t do it all, and the last waits until the organization was read anew. */
const SECONDS_A_REMOVAL = 120;

/** What an undisturbed run does, and what it leaves. */
export interface Undisturbed {
  readonly operations: readonly string[];
  readonly left: string;
}

/** The acting of a run, round after round, without any fault. */
export async function undisturbed(): Promise<Undisturbed> {
  const running = await ready();
  const operations: string[] = [];
  running.intercept = (call) => {
    operations.push(call.operation);
    return ordinary(running, call);
  };
  await running.act();
  const broken = await brokenIn(running);
  if (broken.length > 0) throw new Error(broken.join('; '));
  return { operations, left: leftOf(running) };
}

/**
 * The same, but the round that makes one call is killed there: from then on nothing reaches AWS any more until the
 * next round. Gives what went wrong; nothing where the round ended with fewer calls, as side by side they may.
 */
export async function killed(reference: Undisturbed, number: number, kill: Kill): Promise<string[] | undefined> {
  const running = await ready();
  let calls = 0;
  let isDead = false;
  let redriven = false;
  const strange: string[] = [];
  /** The acting once more, in the midst of this one: at most it finds that another has the lock, or was quicker. */
  const redrive = async () => {
    redriven = true;
    await running.act().catch((error: unknown) => {
      const isExpected = error instanceof LockedError || /another invocation of this run/.test(String(error));
      if (!isExpected) strange.push(`the redriven run failed: ${error}`);
    });
  };
  running.intercept = (call) => {
    // Nothing of the killed round gets through: an answer that no client tries again.
    if (isDead) return { kind: 'access-denied' };
    calls += 1;
    if (calls !== number) return ordinary(running, call);
    if (kill === 'redriven') return { ...ordinary(running, call), before: redrive };
    isDead = true;
    return kill === 'before' ? { kind: 'access-denied' } : { ...ordinary(running, call), kind: 'garbage' };
  };
  // A kill in what is not needed any more (the lock's release, say) leaves a run that ends all the same.
  await running.act().catch(() => undefined);
  const struck = isDead || redriven;
  isDead = false;
  calls = Number.NEGATIVE_INFINITY;
  await actAgain(running);
  if (!struck) return undefined;
  return [
    ...strange,
    ...(await brokenIn(running)),
    ...(leftOf(running) === reference.left || putBack(running).length > 0
      ? []
      : ['what is left differs from an undisturbed run']),
  ];
}

/** The state machine tries again every two minutes: the lock of a round that is dead expires by itself. */
async function actAgain(running: Running): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    running.pass(120_000);
    try {
      await running.act();
      return;
    } catch (error) {
      if (attempt === 18 || !(error instanceof LockedError)) throw error;
    }
  }
}

async function ready(): Promise<Running> {
  const seeded = seedOrganization({ consumers: 1, unused: DUE - 2 });
  const policy = POLICY.replace('perRun: 100', `perRun: ${PER_RUN}`);
  const running = await Running.start(seeded, { ...AT_HOME, policy });
  await running.readAndJoin();
  return running;
}

function ordinary(running: Running, { operation }: Call): Fault | undefined {
  return operation === 'DeregisterImage' ? { after: () => running.pass(SECONDS_A_REMOVAL * 1000) } : undefined;
}

function leftOf({ seeded }: Running): string {
  const { images, snapshots } = seeded.golden.home.state;
  return JSON.stringify([[...images.keys()].sort(), [...snapshots.keys()].sort()]);
}

/** What must hold of every run, however its rounds ended. */
async function brokenIn(running: Running): Promise<string[]> {
  const { seeded } = running;
  const { images } = seeded.golden.home.state;
  const { unused, unshared, mapped15, ...used } = seeded.images;
  const due = [...unused, unshared, mapped15];
  const gone = due.filter((id) => !images.has(id));
  const lost = Object.values(used).filter((id) => isGolden(running, id) && !images.has(id));
  const { outcomes, passes, totals } = await running.report();
  const told = outcomes.filter(({ action, status }) => action === 'deregister' && status === 'done');
  const names = told.map(({ resourceId }) => resourceId);
  const pass = passes.find((one) => one.pass === 'deregister');
  const audit = auditOf(running);
  const stays = putBack(running);
  return [
    ...lost.map((id) => `${id} is used and gone`),
    ...(gone.length <= PER_RUN && gone.length + stays.length >= PER_RUN
      ? []
      : [`${gone.length} images are gone and ${stays.length} count as put back, the limit is ${PER_RUN}`]),
    ...(JSON.stringify([...names].sort()) === JSON.stringify([...gone].sort())
      ? []
      : [`gone is ${gone.join(' ')}, told is ${names.join(' ')}`]),
    // Whatever counts as put back is an attempt too, and something else takes its place.
    ...((pass?.actions.length ?? 0) >= PER_RUN && (pass?.actions.length ?? 0) <= PER_RUN + stays.length
      ? []
      : [`the report tells of ${pass?.actions.length} attempts`]),
    ...(totals.outcomes.failed === 0 ? [] : [`${totals.outcomes.failed} actions failed`]),
    ...rewritten(running).map((key) => `${key} was written over`),
    ...(audit.length === outcomes.length ? [] : [`${audit.length} audit records for ${outcomes.length} outcomes`]),
  ];
}

/** Objects of the ledger that were written more than once. */
function rewritten({ sandbox }: Running): string[] {
  const keys = sandbox.calls.entries.flatMap(({ operation, outcome, input }) =>
    operation === 'PutObject' && outcome === 'ok'
      ? (/organization\/[^"]+\/acted\/[^"]+/.exec(JSON.stringify(input)) ?? [])
      : [],
  );
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

const foldedRecords = z.object({
  images: z.array(z.tuple([z.string(), z.object({ removing: z.unknown().optional() })])),
});
const begun = z.object({
  entries: z.array(z.object({ imageId: z.string().optional(), facts: z.object({ removing: z.unknown().optional() }) })),
});

/**
 * Images that a killed round had written down to remove, and that are there: nobody can tell whether the round came so
 * far and someone brought them back, so they count as put back, stay, and wait in full again.
 */
function putBack({ seeded, golden }: Running): string[] {
  const removing = new Map<string, boolean>();
  const objects = [...(seeded.janitor.home.state.buckets.get(BUCKET) ?? [])];
  const base = objects.find(([key]) => key === `journal/${golden.accountId}/${HOME}/base.json`)?.[1].body;
  // What a run that ended folded stands there.
  const folded = base === undefined ? [] : foldedRecords.parse(JSON.parse(Buffer.from(base).toString())).images;
  for (const [id, { removing: began }] of folded) if (began !== undefined) removing.set(id, true);
  const entries = objects.filter(([key]) => key.startsWith(`journal/${golden.accountId}/${HOME}/entries/`));
  for (const [, { body }] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (const { imageId, facts } of begun.parse(JSON.parse(Buffer.from(body).toString())).entries)
      if (imageId !== undefined && facts.removing !== undefined) removing.set(imageId, facts.removing !== null);
  }
  const { images } = seeded.golden.home.state;
  return [...removing].flatMap(([id, isBegun]) => (isBegun && images.has(id) ? [id] : []));
}

function isGolden({ seeded }: Running, id: string): boolean {
  return seeded.images.copy !== id && seeded.images.copyOnward !== id && seeded.images.ownCopy9 !== id;
}

function auditOf({ seeded, golden }: Running): string[] {
  const objects = [...(seeded.janitor.home.state.buckets.get(BUCKET) ?? [])];
  const [, object] = objects.find(([key]) => key.startsWith(`audit/${golden.accountId}/`)) ?? [];
  return Buffer.from(object?.body ?? [])
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}
