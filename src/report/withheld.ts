import { RECYCLABLE, type RecyclableKind } from '../model/account.ts';
import { actionKey, resourceOf } from '../model/action-ref.ts';
import { TAG } from '../model/tags.ts';
import { counted, listed } from '../text/format.ts';
import type { Report, ReportWithheld } from './shape.ts';

const RETENTION_DAYS = 30;
const RESOURCE_TYPES: Readonly<Record<RecyclableKind, string>> = { image: 'EC2_IMAGE', snapshot: 'EBS_SNAPSHOT' };

/** Whether a run did less of a pass than is due: a limit stopped it, or it enforced and removals could not be undone. */
export function isHeldUp({ mode }: Pick<Report, 'mode'>, { stopped, withheld }: Report['passes'][number]): boolean {
  return stopped !== undefined || (mode === 'enforce' && withheld !== undefined);
}

/** What a run's passes withhold, under a title, and what makes the removals go on; no lines where nothing is withheld. */
export function withheldOf({ passes, target }: Pick<Report, 'passes' | 'target'>) {
  const all = passes.flatMap(({ withheld = [] }) => withheld);
  return {
    title: `Withheld: ${counted(all.length, 'removal')} that could not be undone (undo: recycle-bin)`,
    lines: all.map(withheldSentence),
    advice: all.length === 0 ? [] : adviceFor(all, target.region),
  };
}

/** What would be removed, and what of it the Recycle Bin would not take. */
function withheldSentence({ action, uncovered }: ReportWithheld): string {
  const why = uncovered.map(({ resourceId, why: code, rule }) => {
    const subject = resourceId === resourceOf(action) ? '' : `${resourceId}: `;
    return `${subject}${WHY[code](rule ?? '')}`;
  });
  return `${actionKey(action)}: ${listed(why)}.`;
}

const WHY: Readonly<Record<ReportWithheld['uncovered'][number]['why'], (rule: string) => string>> = {
  'no-rule': () => 'no Recycle Bin rule covers it',
  excluded: (rule) => `the Recycle Bin rule ${rule} excludes it by a tag`,
  'rule-pending': (rule) => `the Recycle Bin rule ${rule} does not work yet`,
  'rules-unreadable': () => 'the Recycle Bin rules could not be read',
  'instance-store': () => 'the Recycle Bin takes no images of instance store',
};

/** With the commands that create rules where rules are missing. */
function adviceFor(withheld: readonly ReportWithheld[], region: string): string[] {
  const uncovered = withheld.flatMap((one) => one.uncovered);
  const missing = RECYCLABLE.filter((kind) =>
    uncovered.some((one) => one.kind === kind && (one.why === 'no-rule' || one.why === 'excluded')),
  );
  const create = `Create a rule, by the deployment (--param="recycleBinRules=true") or by hand; an account's first rule can take half an hour to work:`;
  return [
    ...(uncovered.some(({ why }) => why === 'rules-unreadable')
      ? ['Allow the role rbin:ListRules and rbin:GetRule.']
      : []),
    ...(missing.length === 0 ? [] : [create, ...missing.map((kind) => createRuleCommand(kind, region))]),
    'A policy that means to remove for good says undo: none.',
  ];
}

/** The command that creates the rule for what this tool removes of a kind. */
export function createRuleCommand(kind: RecyclableKind, region: string): string {
  return `aws rbin create-rule --region ${region} --resource-type ${RESOURCE_TYPES[kind]} --retention-period RetentionPeriodValue=${RETENTION_DAYS},RetentionPeriodUnit=DAYS --resource-tags ResourceTagKey=${TAG.recycle},ResourceTagValue=true --description ami-janitor`;
}
