import type { Policy } from '../../src/model/policy.ts';
import { aPolicy } from '../builders/policy.ts';

/** What the rules of each policy tell apart, by the tag `Kind`. */
export const KINDS = ['golden', 'trial', 'archive'] as const;
export type Kind = (typeof KINDS)[number];

const NOTIFY = 'notify: { slack: { token: "ssm:/x", channel: "#platform" }, remindBefore: 4d }';
const ORPHANS = 'orphanSnapshots: { deleteAfter: 15d }';

/** What follows on the deprecation of each kind, in a rule's own words. */
const USUAL = {
  golden: 'deregister: { after: 9d, notice: 14d }, ',
  trial: 'disable: { after: 5d, notice: 3d }, deregister: { after: 14d, notice: 7d }, ',
  archive: 'deregister: { after: 10d }, ',
  perRun: 4,
  rest: `${NOTIFY}\n${ORPHANS}`,
};

/** What nothing in these stories uses: asking for it would be half of all calls. */
const OFF = [
  'image-builder-recipes',
  'batch-compute-environments',
  'emr-clusters',
  'beanstalk-environments',
  'codebuild-fleets',
  'hyperpod-clusters',
  'rds-custom-versions',
  'cloudformation-stacks',
  'lambda-functions',
].join(', ');

const TEXTS = new Map<Policy, string>();

/** A policy's own words. */
export function textOf(policy: Policy): string {
  return TEXTS.get(policy) ?? '';
}

function made(given: Partial<typeof USUAL>): Policy {
  const { golden, trial, archive, perRun, rest } = { ...USUAL, ...given };
  const rule = (kind: Kind, keep: string, steps: string) =>
    `  - { name: ${kind}, select: { tags: { Kind: ${kind} } }, keep: { ${keep} }, deprecate: {}, ${steps}`;
  const text = `
references: { sharedImages: evaluate, off: [${OFF}] }
rules:
${rule('golden', 'newest: 1, youngerThan: 12d', golden)}groupBy: ["tag:Kind"] }
${rule('trial', 'youngerThan: 5d', trial)}snapshots: delete }
${rule('archive', 'youngerThan: 12d', archive)}snapshots: keep }
limits: { perRun: ${perRun}, stopAbove: 100% }
owners: { fallback: "#fallback" }
${rest}`;
  const policy = aPolicy(text);
  TEXTS.set(policy, text);
  return policy;
}

/** What the account begins and ends with. */
export const USUAL_POLICY = made({});

/** Edits choose among these: gentler and harsher ones, with notice and without. */
export const POLICIES: readonly Policy[] = [
  USUAL_POLICY,
  made({ golden: 'deregister: { after: 3d, notice: 1d }, ', perRun: 2 }),
  made({ golden: 'disable: { after: 2d, notice: 1d }, deregister: { after: 6d, notice: 1d }, ', perRun: 8 }),
  made({ golden: 'deregister: { after: 40d, notice: 20d }, ', trial: 'disable: { after: 4d, notice: 1d }, ' }),
  made({ trial: 'disable: { after: 1d }, deregister: { after: 2d }, ', rest: ORPHANS, perRun: 8 }),
  made({ golden: '', rest: NOTIFY }),
  made({ golden: 'deregister: { after: 40d }, ', archive: 'deregister: { after: 30d }, ', rest: ORPHANS }),
  // An owner who was told of a shorter notice has the longer one, too.
  made({ golden: 'deregister: { after: 3d, notice: 25d }, ', trial: 'deregister: { after: 3d, notice: 20d }, ' }),
  made({ golden: 'deregister: { after: 2d }, ', archive: 'deregister: { after: 2d }, ', rest: ORPHANS, perRun: 8 }),
];
export const POLICY_COUNT = POLICIES.length;
