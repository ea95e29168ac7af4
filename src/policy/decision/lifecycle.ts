import type { Next } from '../../model/decision.ts';
import type { Image } from '../../model/image.ts';
import type { Rule } from '../../model/policy.ts';
import type { DueReason, KeepReason, Waited } from '../../model/reasons.ts';
import { elapsedDays, limitDays } from '../../text/days.ts';
import type { Announcement } from './announcement.ts';
import { type DeprecationMark, startOfWaits } from './deprecation-tag.ts';
import { noticeReason, plannedSteps } from './steps.ts';

/** What is next in the life of an image that is due: an act now, or why nothing is done yet. */
export type DueStep =
  | { readonly act: 'deprecate' | 'disable' | 'deregister'; readonly reasons: readonly DueReason[] }
  | { readonly stay: KeepReason; readonly nextStep?: 'disable' | 'deregister' | 'none'; readonly next?: Next };

type Deprecated = Extract<DeprecationMark, { kind: 'deprecated' }>;

/** What the step of an image rests on. */
interface Life {
  readonly image: Image;
  readonly rule: Rule;
  readonly mark: DeprecationMark;
  readonly announcement: Announcement;
  /** Whether the policy tells owners, so that an image is disabled or goes only after its owner was told in time. */
  readonly asksForNotice: boolean;
}

/** The step of a due image at a time: deprecate first, then what its rule asks for after that. */
export function dueStep({ mark, ...life }: Life, at: number): DueStep {
  switch (mark.kind) {
    case 'unreadable':
      return { stay: { code: 'deprecated-at-unreadable', value: mark.value } };
    case 'no-record':
      return { stay: { code: 'no-record' } };
    case 'deprecated':
      return laterStep({ ...life, mark }, at);
    default:
      return deprecateStep(life.image, at);
  }
}

function laterStep(life: Life & { readonly mark: Deprecated }, at: number): DueStep {
  const { mark } = life;
  const steps = plannedSteps(life);
  if ('unreadable' in steps) return { stay: { code: 'deregister-after-unreadable', value: steps.unreadable } };
  const { disable, deregister } = steps;
  if (at >= deregister.at) return actNow('deregister', mark, deregister.waitEnd, at);
  if (at >= disable.at) return actNow('disable', mark, disable.waitEnd, at);

  const isDisable = disable.at === deregister.at ? disable.waitEnd < deregister.waitEnd : disable.at < deregister.at;
  const step = isDisable ? disable : deregister;
  if (step.waitEnd === Infinity) return { stay: { code: 'nothing-further' }, nextStep: 'none' };
  const nextStep = isDisable ? 'disable' : 'deregister';
  const told = at < step.waitEnd ? undefined : noticeReason(step, at);
  const stay = told ?? { code: 'waiting', ...waited(mark, step.waitEnd, at) };
  if (step.at === Infinity) return { stay, nextStep };
  return { stay, nextStep, next: { decision: nextStep, at: new Date(step.at) } };
}

function deprecateStep({ deprecationTime }: Image, at: number): DueStep {
  const byOther = deprecationTime !== undefined && deprecationTime.getTime() <= at;
  return { act: 'deprecate', reasons: byOther ? [{ code: 'deprecated-by-other', deprecationTime }] : [] };
}

function actNow(act: 'disable' | 'deregister', mark: Deprecated, waitEnd: number, at: number): DueStep {
  return { act, reasons: [{ code: 'deprecated-for', ...waited(mark, waitEnd, at) }] };
}

function waited(mark: Deprecated, waitEnd: number, at: number): Waited {
  const start = startOfWaits(mark);
  return {
    deprecatedAt: mark.at,
    ...(mark.launchedAt && { launchedAt: mark.launchedAt }),
    days: elapsedDays(Math.max(0, at - start), waitEnd - start),
    ofDays: limitDays(waitEnd - start),
  };
}
