import type { Decision } from '../../src/model/decision.ts';
import type { Action, Plan } from '../../src/model/plan.ts';
import type { Reason } from '../../src/model/reasons.ts';
import type { Reference } from '../../src/model/reference.ts';
import { aPlan, daysAgo, image, imageId, mapped, snapshotId } from './plans.ts';

const FAMILIES = [
  'webapp',
  'api-gateway',
  'batch-worker',
  'eks-node',
  'jenkins-agent',
  'bastion',
  'postgres',
  'kafka',
  'gpu-training',
  'windows-build',
  'edge-proxy',
  'scratch',
  'monitoring',
  'legacy-erp',
];
const TEAMS = [
  'webapp-team@example.com',
  'platform@example.com',
  'data@example.com',
  'ml-research@example.com',
  'security@example.com',
  'it-ops@example.com',
  'erp@example.com',
];

/** An account of any size that looks like one that has grown: the same each time. */
export function largePlan(size: number): Plan {
  const decisions: Decision[] = [];
  for (let number = 1; number <= size; number += 1) decisions.push(decisionOf(number));
  const actions = (wanted: Decision['decision']) =>
    decisions.filter(({ decision }) => decision === wanted).slice(0, 50);
  const deprecate = actions('deprecate').map(
    ({ image: { imageId: id } }): Action => ({
      action: 'deprecate',
      imageId: id,
      rule: 'golden images',
      deregisterAfter: daysAgo(-30),
      alreadyDeprecated: false,
    }),
  );
  const deregister = actions('deregister').map(
    ({ image: about }): Action => ({
      action: 'deregister',
      imageId: about.imageId,
      rule: 'golden images',
      deleteSnapshots: about.blockDevices.flatMap(({ snapshotId: id }) => id ?? []),
      keepSnapshots: [],
    }),
  );
  return aPlan({
    decisions,
    snapshots: decisions.map((_, index) => mapped(index + 1, { fullSizeBytes: (1 + ((index * 7) % 60)) * 2 ** 30 })),
    sources: [
      'images',
      'snapshots',
      'launch-templates',
      'auto-scaling-groups',
      'instances',
      'ssm-parameters',
      'spot-fleets',
      'ec2-fleets',
      'batch-compute-environments',
    ].map((name, index) => ({
      name,
      status: 'read',
      references: (size * (index + 3)) % 997,
      calls: 1 + Math.ceil(size / 1000),
    })),
    passes: [
      { pass: 'deprecate', actions: deprecate, deferred: deprecate.slice(0, 12) },
      { pass: 'disable', actions: [], deferred: [] },
      { pass: 'deregister', actions: deregister, deferred: [] },
      {
        pass: 'delete-snapshots',
        actions: [{ action: 'delete-snapshot', snapshotId: snapshotId(7), imageId: imageId(99_999_999) }],
        deferred: [],
      },
    ],
    dangling: [{ missing: 'launch template lt-0de7ec7ab1e version 3', namedBy: ['Auto Scaling group "legacy-erp"'] }],
    warnings: ['The policy has no notify section: owners are not told before their images are deregistered.'],
  });
}

function decisionOf(number: number): Decision {
  const family = FAMILIES[(number * 5) % FAMILIES.length] ?? '';
  const ageDays = Math.round(((number * 7919) % 1300) ** 1.05 / 1.4);
  const owner = number % 23 === 0 ? {} : { Owner: TEAMS[(number * 3) % TEAMS.length] ?? '' };
  const about = image(number, {
    name: `${family}-${daysAgo(ageDays).toISOString().slice(0, 10)}-build${number}`,
    creationDate: daysAgo(ageDays),
    tags: { Family: family, ...owner },
  });
  const group = `${family}/arm64`;
  const base = {
    image: about,
    rule: number % 9 === 0 ? 'scratch images expire' : 'golden images',
    references: [],
    ...(number % 9 === 0 ? {} : { group }),
  };
  const size = 40 + (number % 17);
  const beyond: Reason = { code: 'beyond-newest', rank: 4 + (number % 30), keep: 3, group, size };
  if (number % 31 === 0) return { image: about, references: [], decision: 'keep', reasons: [{ code: 'no-rule' }] };
  if (number % 5 < 2) {
    const references = [referenceOf(number, family), ...(number % 10 === 0 ? [referenceOf(number + 1, family)] : [])];
    return {
      ...base,
      references,
      decision: 'keep',
      reasons: [
        { code: 'referenced', references: references.length },
        { code: 'newest-of-group', rank: 1 + (number % 3), keep: 3, group, size },
      ],
    };
  }
  if (ageDays < 60)
    return {
      ...base,
      decision: 'keep',
      reasons: [{ code: 'younger-than', ageDays, days: 60 }],
      next: { decision: 'deprecate', at: daysAgo(ageDays - 60) },
    };
  if (number % 13 === 0)
    return {
      ...base,
      decision: 'keep',
      reasons: [{ code: 'waiting', deprecatedAt: daysAgo(number % 29), days: number % 29, ofDays: 30 }, beyond],
      next: { decision: 'deregister', at: daysAgo((number % 29) - 30) },
    };
  if (number % 11 === 0)
    return {
      ...base,
      decision: 'deregister',
      reasons: [{ code: 'deprecated-for', deprecatedAt: daysAgo(31), days: 31, ofDays: 30 }],
    };
  if (number % 4 === 0)
    return {
      ...base,
      decision: 'deprecate',
      reasons: [
        { code: 'unreferenced', sources: 13 },
        { code: 'older-than', ageDays, days: 60 },
        { code: 'beyond-newest', rank: 4 + (number % 30), keep: 3, group, size },
      ],
    };
  return {
    ...base,
    decision: 'keep',
    reasons: [{ code: 'newest-of-group', rank: 1 + (number % 3), keep: 3, group, size }],
  };
}

function referenceOf(number: number, family: string): Reference {
  const id = (number * 2654435761).toString(16).slice(0, 8);
  return {
    kind: number % 3 === 0 ? 'ec2:Instance' : 'ec2:LaunchTemplate',
    resource: number % 3 === 0 ? `i-0${id}` : `lt-0${id}`,
    detail: number % 3 === 0 ? `"${family}"` : `"${family}" version ${number % 40}`,
    namedBy: number % 3 === 0 || number % 50 === 1 ? [] : [`Auto Scaling group "${family}-prod"`],
  };
}
