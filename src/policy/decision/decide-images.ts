import type { Account } from '../../model/account.ts';
import { type Decision, type Next, type NonEmpty, nonEmpty } from '../../model/decision.ts';
import type { JournalReading } from '../../model/journal.ts';
import type { Policy } from '../../model/policy.ts';
import type { KeepReason, Reason } from '../../model/reasons.ts';
import { announcementOf } from './announcement.ts';
import { type CompiledPolicy, compilePolicy, owningRule } from './compile.ts';
import { type CopyHold, copyHolds } from './copies.ts';
import { evaluateImages, type ImageEvaluation } from './image-evaluation.ts';
import { dueStep } from './lifecycle.ts';
import { canBeActedOn } from './protections.ts';
import { LAUNCH_PERMISSIONS } from './sharing.ts';

/**
 * Decides over every image of an account, in the account's order. Pure: the same account, policy and time give the
 * same decisions. What nothing selects, what anything holds and what could not be read is kept.
 */
export function decideImages(account: Account, policy: Policy, at: Date): Decision[] {
  const now = at.getTime();
  if (Number.isNaN(now)) throw new RangeError('decideImages: the time is not a date');
  const compiled = compilePolicy(policy);
  const evaluations = evaluateImages(account, compiled, now);
  const copies = copyHolds(
    evaluations.map(({ image, rule, holds, unknowns, unreadable }) => ({
      image,
      kept: holds.length > 0 || rule?.rule.deprecate !== true,
      unsure: unknowns.length > 0 || unreadable.includes(LAUNCH_PERMISSIONS),
      copiesOfKept: rule?.rule.kind === 'retention' && rule.rule.keep.copiesOfKept,
    })),
    account.target,
  );
  return evaluations.map((one) =>
    decide(withCopyHold(one, copies.get(one.image.imageId)), compiled, account.journal, now),
  );
}

function withCopyHold(one: ImageEvaluation, copy: CopyHold | undefined): ImageEvaluation {
  if (copy === undefined) return one;
  const { unsure, ...hold } = copy;
  return unsure ? { ...one, unknowns: [...one.unknowns, hold.reason] } : { ...one, holds: [...one.holds, hold] };
}

function decide(one: ImageEvaluation, compiled: CompiledPolicy, journal: JournalReading, at: number): Decision {
  const { image, references, rule: owner, group, mark } = one;
  const base = { image, references, ...(owner && { rule: owner.rule.name }), ...(group !== undefined && { group }) };
  const held = nonEmpty(one.holds.map(({ reason }) => reason));
  if (held) {
    const next = nextAfterHolds(one, compiled);
    const decided = reinstates(one, journal) ? ('reinstate' as const) : ('keep' as const);
    return { ...base, decision: decided, reasons: held, ...(next && { next }) };
  }
  // Without a hold there is a rule: no rule is a hold of its own.
  if (!owner?.rule.deprecate)
    return { ...base, decision: 'keep', reasons: [{ code: 'no-action-in-rule' }, ...one.dueReasons] };

  const { notify, owners } = compiled.policy;
  const announcement = announcementOf({ image, journal, ownerTag: owners.tag, mark });
  const step = dueStep({ image, rule: owner.rule, mark, announcement, asksForNotice: notify !== undefined }, at);
  const again = restarted(mark);
  const unknown = nonEmpty(unknownsOf(one));
  if ('stay' in step) {
    const reasons: NonEmpty<Reason> = [step.stay, ...one.dueReasons];
    if (unknown) return { ...base, decision: 'keep', reasons: [...unknown, ...reasons], ...again };
    const { nextStep, next } = step;
    const isTimed = next && staysWithRule(one, compiled, next.at);
    return { ...base, decision: 'keep', reasons, ...(nextStep && { nextStep }), ...(isTimed && { next }), ...again };
  }
  if (unknown) return { ...base, decision: 'keep', reasons: unknown };
  const reasons = nonEmpty([...step.reasons, ...one.dueReasons]) ?? [{ code: 'nothing-keeps-it' }];
  return { ...base, rule: owner.rule.name, decision: step.act, reasons, ...again };
}

function unknownsOf({ unreadable, unknowns }: ImageEvaluation): KeepReason[] {
  return [...unreadable.map((source): KeepReason => ({ code: 'source-unreadable', source })), ...unknowns];
}

function restarted(mark: ImageEvaluation['mark']): Pick<Decision, 'restarted'> {
  if (mark.kind !== 'deprecated' || mark.launchedAt === undefined) return {};
  return { restarted: { deprecatedAt: mark.at, launchedAt: mark.launchedAt } };
}

/**
 * What carries this tool's mark, is certainly held and may be touched at all gets back what it lost, and loses the mark;
 * and so does what a person brought back. That others disabled an image gives nothing back by itself, and while the
 * journal can't be read nobody knows what to give.
 */
function reinstates({ image, mark, holds }: ImageEvaluation, journal: JournalReading): boolean {
  if (journal.status === 'unreadable' || !canBeActedOn(image)) return false;
  const codes = new Set(holds.map(({ reason }) => reason.code));
  if (codes.has('managed') || codes.has('not-own')) return false;
  if (codes.has('put-back') || codes.has('reinstating')) return true;
  return mark.kind !== 'none' && mark.kind !== 'unreadable' && [...codes].some((code) => code !== 'disabled-by-others');
}

/** What time alone makes of a held image, and when: only where time ends every hold and its rule stays the same. */
function nextAfterHolds(one: ImageEvaluation, compiled: CompiledPolicy): Next | undefined {
  const { rule, holds, mark } = one;
  if (!rule?.rule.deprecate || unknownsOf(one).length > 0 || mark.kind === 'unreadable') return undefined;
  const at = new Date(Math.max(...holds.map(({ endsAt = Infinity }) => endsAt)));
  // Never, or later than any date.
  if (Number.isNaN(at.getTime())) return undefined;
  return staysWithRule(one, compiled, at) ? { decision: 'deprecate', at } : undefined;
}

/** Whether the rule that owns an image now still does at a later time: selectors can ask for an age. */
function staysWithRule({ image, rule }: ImageEvaluation, compiled: CompiledPolicy, at: Date): boolean {
  return !compiled.selectsByAge || owningRule(compiled, image, at.getTime()) === rule;
}
