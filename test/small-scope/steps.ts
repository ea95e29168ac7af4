import { hash } from 'node:crypto';
import { Accounts } from '../../sandbox/accounts.ts';
import { CallLog } from '../../sandbox/calls.ts';
import { Endpoint } from '../../sandbox/endpoint.ts';
import type { WireReply } from '../../sandbox/protocols/protocol.ts';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import type { RunSeen } from '../simulation/witness.ts';
import { atAws, type Question } from './tool.ts';
import { accountOf, type Memory, memory, memoryOf, putInto, type Stage, stageOf, type Value } from './value.ts';
import { ACTS, type ActName } from './world.ts';

/** An answer of AWS's. */
export interface Reply {
  readonly wire: WireReply;
  /** Equal for answers that say the same. */
  readonly key: string;
}

/** What one call of a run comes to. */
interface Step {
  readonly reply: Reply;
  readonly after: Value;
  readonly broken: readonly string[];
}

/** Answers one call of a run. @param stage without it nobody watches. @returns whether a witness has anything to see */
export async function answerCall(
  { wire }: Question,
  state: AccountState,
  { runId, now }: { readonly runId: string; readonly now: number },
  stage?: Pick<Stage, 'witness' | 'did'>,
): Promise<{ readonly reply: Reply; readonly isSeen: boolean }> {
  let isSeen = false;
  const run: RunSeen = {
    ...{ runId, mayNotTake: undefined, mayNotWrite: undefined },
    ...{ faults: 0, did: stage?.did ?? new Set<string>(), isOver: false },
  };
  const endpoint = new Endpoint(new Accounts([state]), new CallLog(), {
    now: () => new Date(now),
    intercept: (call) => {
      isSeen = call.service === 'ec2' && call.writes;
      const after = stage?.witness.before(call, run);
      return after && { after };
    },
  });
  const answer = await atAws.run(true, () => endpoint.answer(wire));
  if (answer === 'drop') throw new Error('nobody breaks a connection here');
  run.isOver = true;
  return { reply: replyOf(answer), isSeen };
}

/** What time it is at AWS says nothing that the run does not know. */
function replyOf(wire: WireReply): Reply {
  const { date: _, ...headers } = wire.headers;
  const text = Buffer.from(wire.body).toString();
  return { wire, key: hash('sha1', JSON.stringify([wire.status, headers, text])) };
}

/** What calls and acts come to, each reckoned once from where it starts. */
export class Steps {
  readonly #isSeen = new Map<string, boolean>();
  readonly #calls = new Map<string, Step>();
  readonly #acts = new Map<string, { readonly after: Value; readonly now: number }>();

  /** A call of a run. */
  async call(question: Question, from: Value, at: { readonly runId: string; readonly now: number }): Promise<Step> {
    const isSeen = this.#isSeen.get(question.key);
    const key = [question.key, from.account.id, at.now, ...(isSeen === false ? [] : [from.memory.id, at.runId])].join();
    const known = this.#calls.get(key);
    if (known !== undefined)
      return isSeen === false ? { ...known, after: { ...known.after, memory: from.memory } } : known;
    const step = isSeen === false ? await unseen(question, from, at) : await this.#seen(question, from, at);
    this.#calls.set(key, step);
    return step;
  }

  async #seen(question: Question, from: Value, at: { readonly runId: string; readonly now: number }): Promise<Step> {
    const stage = stageOf(from, at.now);
    const { state } = stage.world;
    const { reply, isSeen } = await answerCall(question, state, at, stage);
    this.#isSeen.set(question.key, isSeen);
    const account = accountOf(state, from.account, stage.touched);
    return { reply, after: { account, memory: memoryOf(stage) }, broken: stage.witness.broken };
  }

  /** What a person does. Nothing of it hangs on the time, which is only noted. */
  act(act: ActName, { account, memory: before }: Value, now: number): Value {
    const key = [act, account.id, before.shapeId].join();
    let known = this.#acts.get(key);
    if (known === undefined) {
      // Each time that was noted before has a number in its place.
      const numbered = memory(
        before.shape,
        before.stamps.map((_, index) => -1 - index),
      );
      const stage = stageOf({ account, memory: numbered }, now);
      ACTS[act](stage.world);
      known = {
        after: { account: accountOf(stage.world.state, account, stage.touched), memory: memoryOf(stage) },
        now,
      };
      this.#acts.set(key, known);
    }
    return { account: known.after.account, memory: withTimes(known, before, now) };
  }
}

async function unseen(
  question: Question,
  { account, memory: kept }: Value,
  at: { readonly runId: string; readonly now: number },
): Promise<Step> {
  const state = emptyAccount();
  const touched = putInto(state, account);
  const { reply } = await answerCall(question, state, at);
  return { reply, after: { account: accountOf(state, account, touched), memory: kept }, broken: [] };
}

function withTimes(known: { readonly after: Value; readonly now: number }, before: Memory, now: number): Memory {
  const { shape, stamps } = known.after.memory;
  return memory(
    shape,
    stamps.map((one) => (one < 0 ? (before.stamps[-1 - one] ?? 0) : one === known.now ? now : one)),
  );
}
