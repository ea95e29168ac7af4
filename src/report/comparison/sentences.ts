import { count, counted, gib } from '../../text/format.ts';
import { reasonSentence, snapshotReasonSentence } from '../reason-sentences.ts';
import type { DecisionName, ReportSnapshot } from '../shape.ts';
import type { ComparedDecision, ComparedPolicy, Comparison } from './comparison.ts';

/** Whose decision it is: the rule, or that there is none. */
export function ruleText({ rule }: ComparedDecision): string {
  return rule === null ? 'no rule' : `rule ${rule}`;
}

/** Why one policy decides so where the other does not. */
export function whyHere({ reasons, references }: ComparedDecision): string {
  if (reasons.length === 0) return 'For the same reasons, by another rule or another wait.';
  return reasons.map((reason) => reasonSentence(reason, references)).join(' ');
}

/** Why a snapshot stays or goes. */
export function whySnapshot({ reasons }: Pick<ReportSnapshot, 'reasons'>): string {
  return reasons.map(snapshotReasonSentence).join(' ');
}

/** How far apart the policies are, in one line. */
export function differenceSentence({ totals }: Comparison): string {
  const { images, imagesDecidedDifferently, imagesOfOtherNext, snapshots, snapshotsDecidedDifferently } = totals;
  if (imagesDecidedDifferently + snapshotsDecidedDifferently === 0) {
    return `No differences over ${counted(images, 'image')} and ${counted(snapshots, 'snapshot')}${laterSentence(imagesOfOtherNext)}.`;
  }
  const ofImages = `${count(imagesDecidedDifferently)} of ${counted(images, 'image')}`;
  const ofSnapshots = `${count(snapshotsDecidedDifferently)} of ${counted(snapshots, 'snapshot')}`;
  return `Decided differently: ${ofImages} and ${ofSnapshots}${laterSentence(imagesOfOtherNext)}.`;
}

function laterSentence(images: number): string {
  return images === 0 ? '' : `; ${counted(images, 'more image')} alike now and differently later`;
}

/** Two columns of figures, one for each policy. */
export function figures({ policy, against }: Comparison): (readonly [name: string, policy: string, against: string])[] {
  const both = (name: string, of: (one: ComparedPolicy) => string) => [name, of(policy), of(against)] as const;
  const decisions: readonly DecisionName[] = ['keep', 'reinstate', 'deprecate', 'disable', 'deregister'];
  return [
    ...decisions.map((decision) => both(decision, (one) => count(one.decisions[decision]))),
    both('due, all steps', (one) => count(one.dueImages)),
    ...(['deprecate', 'disable', 'deregister', 'delete-snapshots'] as const).map((pass) =>
      both(`actions of ${pass}`, ({ passes }) => passSentence(passes[pass])),
    ),
    both('storage of due images', (one) => gib(one.dueStorage.storageGiB)),
    both('storage deleted by one run', (one) => gib(one.deletedStorage.storageGiB)),
  ];
}

function passSentence({ actions, deferred, stopped }: ComparedPolicy['passes']['deprecate']): string {
  if (stopped) return 'stopped by limits.stopAbove';
  return deferred === 0 ? count(actions) : `${count(actions)}, ${count(deferred)} left to later runs`;
}
