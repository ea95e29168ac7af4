import type { Account } from '../../model/account.ts';
import type { Decision } from '../../model/decision.ts';
import type { Rule } from '../../model/policy.ts';
import { counted, listed } from '../../text/format.ts';
import { madeByDlm } from '../decision/dlm.ts';
import { ofRule, type PolicyFinding } from './finding.ts';

/** What AWS's own lifecycle services do with the same images, or no longer do with theirs. */
export function lifecycleFindings(
  account: Account,
  rules: readonly Rule[],
  decisions: readonly Decision[],
): PolicyFinding[] {
  return [...imageBuilderFindings(account, rules, decisions), ...leftoverFindings(account), ...dlmFindings(account)];
}

/** Rules and Image Builder's policies that act on the same images: neither knows of the other's waits. */
function imageBuilderFindings(
  { imageBuilderPolicies: reading }: Account,
  rules: readonly Rule[],
  decisions: readonly Decision[],
): PolicyFinding[] {
  if (reading === undefined) return [];
  if (reading.status === 'unreadable') return [unread("Image Builder's lifecycle policies", reading.error)];
  return reading.policies.flatMap(({ name, actions, imageIds }) => {
    const covered = new Set(imageIds);
    const owners = Map.groupBy(
      decisions.filter(({ image }) => covered.has(image.imageId)),
      ({ rule }) => rule,
    );
    return rules.flatMap((rule, index) => {
      const own = owners.get(rule.name);
      if (own === undefined) return [];
      const acts = listed(actions.map((action) => action.toLowerCase()));
      const says = `Image Builder's lifecycle policy ${JSON.stringify(name)} is enabled and acts on ${counted(own.length, 'image')} of it too (${acts}), by ages and counts of its own and whatever uses them; let one of both decide: here by select.not, there by its status or exclusion rules.`;
      return [ofRule(rule, index, '', says)];
    });
  });
}

function leftoverFindings({ imageBuilderLeftovers: reading }: Account): PolicyFinding[] {
  return reading?.status === 'unreadable' ? [unread('What Image Builder built', reading.error)] : [];
}

const STATES: Readonly<Record<string, string>> = { gone: 'gone', DISABLED: 'disabled', ERROR: 'in error' };

/** Policies of Data Lifecycle Manager that no longer remove what they made; nobody else does either. */
function dlmFindings(account: Account): PolicyFinding[] {
  const { dlmPolicies: reading } = account;
  if (reading === undefined) return [];
  if (reading.status === 'unreadable')
    return [unread('Whether the Data Lifecycle Manager policies of images and snapshots are there', reading.error)];
  return [...madeByDlm(account)].flatMap(([policyId, { images, snapshots }]) => {
    const state = STATES[String(reading.states.get(policyId))];
    if (state === undefined) return [];
    const made = `${counted(images.length, 'image')} and ${counted(snapshots.length, 'snapshot')}`;
    const sentence = `Data Lifecycle Manager's policy ${policyId} is ${state}, and ${made} of it are here: it removes none of them, and neither does any rule; remove by hand what is no longer needed.`;
    return [{ at: [], sentence }];
  });
}

function unread(what: string, error: string): PolicyFinding {
  return { at: [], sentence: `${what} could not be read, which holds nothing back: ${error}.` };
}
