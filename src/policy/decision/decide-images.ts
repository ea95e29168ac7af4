import type { Account } from '../../model/account.ts';
import { type Decision, type Next, type NonEmpty, nonEmpty } from '../../model/decision.ts';
import type { ImageId, SnapshotId } from '../../model/ids.ts';
import { archivedOf, liesInArchive } from '../../model/image.ts';
import type { JournalReading } from '../../model/journal.ts';
import type { Policy } from '../../model/policy.ts';
import type { KeepReason, Reason } from '../../model/reasons.ts';
import { ancestorHolds } from './ancestors.ts';
import { copyHolds } from './copies.ts';
import { evaluateImages, type ImageEvaluation } from './image-evaluation.ts';
import { protectionStep } from './in-use.ts';
import { dueStep } from './lifecycle.ts';
import { announcementOf } from './proof.ts';
import { canBeActedOn, type Hold } from './protections.ts';
import { type RuleOf, ruleSearch, selectsByAge } from './select.ts';
import { publicUse } from './sharing.ts';
import { unreadableSources } from './sources.ts';

interface Context {
  readonly account: Account;
  readonly policy: Policy;
  readonly ruleOf: RuleOf;
  /** A reason for each source that could not be read: it might have kept any image. */
  readonly unreadable: readonly KeepReason[];
  readonly at: number;
  /** The snapshots that lie in the archive. */
  readonly archived: ReadonlySet<SnapshotId>;
}

/**
 * Decides over every image of an account, in the account's order. Pure: the same account, policy and time give the
 * same decisions. What nothing selects, what anything holds and what could not be read is kept.
 */
export function decideImages(account: Account, policy: Policy, at: Date): Decision[] {
  const now = at.getTime();
  if (Number.isNaN(now)) throw new RangeError('decideImages: the time is not a date');
  const context: Context = {
    account,
    policy,
    ruleOf: ruleSearch(policy.rules, account.target),
    unreadable: unreadableSources(account).map((source) => ({ code: 'source-unreadable', source })),
    at: now,
    archived: archivedOf(account.snapshots),
  };
  const evaluations = evaluateImages(account, policy, context.ruleOf, now);
  return withRelatives(evaluations, account).map((one) => decide(one, context));
}

/** With what copies and ancestors are held by: what stays as an ancestor keeps its own copies in turn. */
function withRelatives(evaluations: readonly ImageEvaluation[], account: Account): readonly ImageEvaluation[] {
  const withCopies = (all: readonly ImageEvaluation[]) => withHolds(all, copyHolds(all, account.target));
  const first = withCopies(evaluations);
  const ancestors = ancestorHolds(first, account);
  return ancestors.size === 0 ? first : withCopies(withHolds(evaluations, ancestors));
}

function withHolds(
  evaluations: readonly ImageEvaluation[],
  holds: ReadonlyMap<ImageId, Hold>,
): readonly ImageEvaluation[] {
  if (holds.size === 0) return evaluations;
  return evaluations.map((one) => {
    const hold = holds.get(one.image.imageId);
    return hold ? { ...one, holds: [...one.holds, hold] } : one;
  });
}

function decide(one: ImageEvaluation, context: Context): Decision {
  const { image, references, rule, group, mark, dueReasons, blockedIn } = one;
  const isComplete = context.unreadable.length === 0;
  const protection = context.policy.protect.inUse && protectionStep(one, context.account.journal, isComplete);
  const base = {
    image,
    references,
    ...(rule && { rule: rule.name }),
    ...(group !== undefined && { group }),
    ...(protection && { protection }),
    ...(one.own && { protectedAt: one.own.at }),
  };
  const holds = one.holds.filter(({ isUnsure }) => !isUnsure);
  const maybe = one.holds.filter(({ isUnsure }) => isUnsure).map(({ reason }) => reason);
  const unknown = nonEmpty([...context.unreadable, ...maybe]);
  const held = nonEmpty(holds.map(({ reason }) => reason));
  if (held) {
    const next = unknown ? undefined : nextAfterHolds(one, context);
    const decision = reinstates({ ...one, holds }, context.account.journal) ? 'reinstate' : 'keep';
    return { ...base, decision, reasons: held, ...(next && { next }) };
  }
  // Without a hold there is a rule: no rule is a hold of its own.
  if (!rule?.deprecate) return { ...base, decision: 'keep', reasons: [{ code: 'no-action-in-rule' }, ...dueReasons] };

  const { notify, owners } = context.policy;
  const announcement = announcementOf({ image, journal: context.account.journal, ownerTag: owners.tag, mark });
  const life = {
    image,
    rule,
    mark,
    announcement,
    asksForNotice: notify !== undefined,
    isArchived: liesInArchive(image, context.archived),
    isBlocked: blockedIn !== undefined,
  };
  const step = dueStep(life, context.at);
  const again = restarted(mark);
  const kept = ({ stay, nextStep, next }: Extract<typeof step, { stay: unknown }>): KeepDecision => {
    const reasons: NonEmpty<Reason> = [stay, ...dueReasons];
    if (unknown) return { ...base, decision: 'keep', reasons: [...unknown, ...reasons], ...again };
    const isTimed = next && staysWithRule(one, context, next.at);
    return { ...base, decision: 'keep', reasons, ...(nextStep && { nextStep }), ...(isTimed && { next }), ...again };
  };
  if ('stay' in step) return kept(step);
  if (unknown) return { ...base, decision: 'keep', reasons: unknown };
  const inUse = step.act === 'deregister' ? publicUse({ image, rule, mark, isBlocked: false, ...context }) : undefined;
  if (inUse) return { ...base, decision: 'keep', reasons: [inUse], ...again };
  const reasons = nonEmpty([...step.reasons, ...dueReasons]) ?? [{ code: 'nothing-keeps-it' }];
  const decided = { ...base, rule: rule.name, reasons, ...again };
  if (step.act !== 'archive') return { ...decided, decision: step.act };
  const { otherwise, deregisterAt } = step;
  return { ...decided, decision: 'archive', otherwise: kept(otherwise), ...(deregisterAt && { deregisterAt }) };
}

type KeepDecision = Extract<Decision, { decision: 'keep' }>;

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
function nextAfterHolds(one: ImageEvaluation, context: Context): Next | undefined {
  const { rule, holds, mark } = one;
  if (!rule?.deprecate || mark.kind === 'unreadable') return undefined;
  const at = new Date(Math.max(...holds.map(({ endsAt = Infinity }) => endsAt)));
  // Never, or later than any date.
  if (Number.isNaN(at.getTime())) return undefined;
  return staysWithRule(one, context, at) ? { decision: 'deprecate', at } : undefined;
}

/** Whether the rule that owns an image now still does at a later time: selectors can ask for an age. */
function staysWithRule({ image, rule }: ImageEvaluation, { policy, ruleOf }: Context, at: Date): boolean {
  return !policy.rules.some(({ select }) => selectsByAge(select)) || ruleOf(image, at.getTime()) === rule;
}
