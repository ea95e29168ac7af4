import type { Account } from '../../model/account.ts';
import { RECYCLABLE, type RecyclableKind } from '../../model/retention-rule.ts';
import { coverageGap } from '../../plan/coverage.ts';
import { createRuleCommand } from '../../report/withheld.ts';

const KINDS: Readonly<Record<RecyclableKind, string>> = { image: 'images', snapshot: 'snapshots' };

/** Whether the Recycle Bin would take what is removed, and the commands that make the rules which are missing. */
export function undoAdvice({ retentionRules, target }: Account): string {
  const missing = RECYCLABLE.flatMap((kind) => {
    const gap = coverageGap({ kind, resourceId: '', tags: {} }, retentionRules.get(kind));
    return gap === undefined ? [] : [{ kind, why: gap.why }];
  });
  if (missing.length === 0) return 'Recycle Bin rules cover what would be removed: it can be brought back.';
  const named = missing.map(({ kind }) => KINDS[kind]).join(' and ');
  if (missing.some(({ why }) => why === 'rules-unreadable'))
    return `The Recycle Bin's rules for ${named} could not be read (rbin:ListRules, rbin:GetRule); without them nothing is removed.`;
  const commands = missing.map(({ kind }) => `  ${createRuleCommand(kind, target.region)}`);
  return [
    `No Recycle Bin rule covers the ${named} that would be removed, so none are. The deployment makes rules, or:`,
    ...commands,
  ].join('\n');
}
