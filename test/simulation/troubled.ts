import * as z from 'zod';
import type { Call, Fault, FaultKind } from '../../sandbox/calls.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { DeliveryTiming } from '../../src/notify/delivery.ts';
import type { SlackFault, SlackServer } from '../notify/slack-server.ts';
import type { VirtualTime } from '../notify/virtual-time.ts';
import type { Act, Trouble } from './story.ts';

const MINUTE = 60_000;
const CALL_MILLISECONDS = 1000;
const TELLING_ENDS_BEFORE = 90_000;
const PATIENT_MILLISECONDS = 30_000;

const askedSchema = z.object({ ImageIds: z.array(z.string()) });

const SLACK_FAULTS: Readonly<Record<FaultKind, SlackFault>> = {
  throttle: 'rate-limit',
  'server-error': 'error-before',
  'drop-before': 'drop-before',
  'drop-after': 'drop-after',
  garbage: 'error-after',
  'empty-answer': 'drop-after',
  'access-denied': { notOk: 'token_revoked' },
};
/** Telling has fewer calls to Slack than to AWS. */
const SLACK_CALLS = 12;

/** Where a run's calls arrive: one account, or an organization. */
export interface Scene {
  readonly time: { readonly milliseconds: number };
  goOn(milliseconds: number): void;
  act(does: Act): void;
  numberOf(imageId: string | undefined): number | undefined;
  /** Whether owners were told anything in this run. */
  readonly hasTold?: () => boolean;
  /** Keeps what all accounts are now. */
  remember(): void;
  /** What a call sees so many seconds late. */
  asOf(call: Call, seconds: number): AccountState;
}

/** What watches the calls of a run. */
export interface Watch {
  before(call: Call): (() => void) | undefined;
  denied(operation: string): void;
}

/** What goes wrong in a run, for AWS's side and Slack's. */
export interface Troubled {
  readonly intercept: (call: Call) => Fault;
  readonly isDead: () => boolean;
  /** Another process goes on where one was killed. */
  readonly revive: () => void;
}

/** What goes wrong at each call, and what people do meanwhile; nobody watches where owners are told. */
export function troubled(scene: Scene, trouble: Trouble, watch?: Watch): Troubled {
  const { stall, meanwhile = [], rightBefore = [], killedAt = Number.POSITIVE_INFINITY } = trouble;
  let [number, questions] = [0, 0];
  let [isDead, wasKilled, isPlanned, isStalled] = [false, false, false, false];
  const intercept = (call: Call): Fault => {
    const { operation } = call;
    number += 1;
    scene.goOn(scene.time.milliseconds + CALL_MILLISECONDS);
    for (const { call: at, act } of meanwhile) if (at === number) scene.act(act);
    // The lock is taken once the plan is made.
    isPlanned ||= operation === 'PutParameter';
    const asked = operation === 'DescribeImageReferences' ? askedSchema.parse(call.input).ImageIds : [];
    const numberOf = (fromEnd: number) => scene.numberOf(asked.at(-1 - fromEnd) ?? asked[0]) ?? 0;
    const moments = { planned: isPlanned, asked: asked.length > 0 };
    const isTime = typeof stall?.call === 'number' ? number >= stall.call : stall && moments[stall.call];
    // What is on its way to be done can't be called back.
    if (watch && stall && isTime && !isStalled && !call.writes) {
      isStalled = true;
      for (const does of stall.acts)
        scene.act(stall.call === 'asked' ? { ...does, image: numberOf(-1 - does.image) } : does);
      scene.goOn(scene.time.milliseconds + stall.minutes * MINUTE);
    }
    if (asked.length > 0) questions += 1;
    const actOnAsked = (answered: boolean) => {
      for (const one of rightBefore)
        if (asked.length > 0 && one.question === questions && one.answered === answered)
          scene.act({ ...one.act, image: numberOf(one.fromEnd) });
    };
    actOnAsked(false);
    const isEnd = killedAt === 'told' ? scene.hasTold?.() === true : number >= killedAt;
    if (isEnd && !wasKilled) [isDead, wasKilled] = [true, true];
    if (isDead) return { kind: 'drop-before' };
    if (operation === trouble.denied) {
      watch?.denied(operation);
      return { kind: 'access-denied' };
    }
    const kind = trouble.faults?.find((fault) => fault.call === number)?.kind;
    const seen = watch?.before(call);
    const after = () => {
      seen?.();
      actOnAsked(true);
    };
    return { ...(kind && { kind }), ...behind(scene, call, number, trouble), after };
  };
  const revive = () => {
    isDead = false;
  };
  return { intercept, isDead: () => isDead, revive };
}

/** What a read sees, where AWS is behind. */
function behind(scene: Scene, call: Call, number: number, { stale }: Trouble): Pick<Fault, 'seen'> {
  if (stale === undefined || !['ec2', 'autoscaling'].includes(call.service)) return {};
  scene.remember();
  return call.writes || number % stale.every > 0 ? {} : { seen: scene.asOf(call, stale.seconds) };
}

/** How telling waits: nothing hangs here, so that no call is given up because the machine is busy. */
export function timingOf(time: VirtualTime, end: number): DeliveryTiming {
  return { ...time.timing(new Date(end), TELLING_ENDS_BEFORE), timeoutMilliseconds: PATIENT_MILLISECONDS };
}

/** The same for Slack, from its next call on. */
export function troubleSlack(slack: SlackServer, { faults }: Trouble, isDead: () => boolean): void {
  const calls = slack.calls.length;
  slack.fault = ({ number }) => {
    if (isDead()) return 'drop-before';
    const fault = faults?.find(({ call }) => call % SLACK_CALLS === number - calls);
    return fault && SLACK_FAULTS[fault.kind];
  };
}
