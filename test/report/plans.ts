import type { Decision, NonEmpty, SnapshotDecision } from '../../src/model/decision.ts';
import type { Image, Snapshot } from '../../src/model/image.ts';
import { NO_JOURNAL } from '../../src/model/journal.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reference } from '../../src/model/reference.ts';
import type { RunInfo } from '../../src/model/run.ts';
import { buildReport, type Report, type ReportInput } from '../../src/report/report.ts';
import { AT, daysAgo, imageId, snapshotId } from '../builders/account.ts';

export { AT, daysAgo, imageId, snapshotId };

export function image(number: number, over: Partial<Image> = {}): Image {
  return {
    imageId: imageId(number),
    name: `webapp-${number}`,
    description: '',
    ownerId: '123456789012',
    ownerAlias: 'self',
    state: 'available',
    creationDate: daysAgo(90),
    architecture: 'arm64',
    platform: 'Linux/UNIX',
    rootDeviceType: 'ebs',
    isPublic: false,
    productCodes: [],
    tags: { Owner: 'webapp-team@example.com' },
    blockDevices: [{ deviceName: '/dev/xvda', snapshotId: snapshotId(number), volumeSizeGiB: 8 }],
    ...over,
  };
}

export function snapshot(number: number, over: Partial<Snapshot> = {}): Snapshot {
  return {
    snapshotId: snapshotId(number),
    ownerId: '123456789012',
    state: 'completed',
    description: '',
    startTime: daysAgo(90),
    volumeSizeGiB: 8,
    fullSizeBytes: 4 * 2 ** 30,
    storageTier: 'standard',
    tags: {},
    ...over,
  };
}

export const TEMPLATE: Reference = {
  kind: 'ec2:LaunchTemplate',
  resource: 'lt-0abc',
  detail: '"web" version 7',
  namedBy: ['Auto Scaling group "web-prod"'],
};

type Keep = Extract<Decision, { decision: 'keep' }>;

export function keep(about: Image, reasons: Keep['reasons'], over: Partial<Keep> = {}): Decision {
  return { image: about, decision: 'keep', rule: 'golden images', references: [], reasons, ...over };
}

type Due = Exclude<Decision, { decision: 'keep' } | { decision: 'archive' } | { decision: 'reinstate' }>;

export function due(
  about: Image,
  decision: Due['decision'],
  reasons: Due['reasons'] = [
    { code: 'unreferenced', sources: 13 },
    { code: 'older-than', ageDays: 90, days: 60 },
  ],
): Decision {
  return { image: about, decision, rule: 'golden images', references: [], reasons };
}

export function mapped(number: number, over: Partial<Snapshot> = {}): SnapshotDecision {
  const reasons: NonEmpty<SnapshotDecision['reasons'][number]> = [{ code: 'mapped', images: [imageId(number)] }];
  return {
    snapshotId: snapshotId(number),
    snapshot: snapshot(number, over),
    imageId: imageId(number),
    decision: 'keep',
    reasons,
  };
}

export function aPlan(over: Partial<Plan> = {}): Plan {
  return {
    target: { accountId: '123456789012', region: 'eu-west-1' },
    ancestry: new Map(),
    journal: NO_JOURNAL,
    observedAt: AT,
    at: AT,
    complete: true,
    sources: [
      { name: 'images', status: 'read', references: 0, calls: 1 },
      { name: 'launch-templates', status: 'read', references: 12, calls: 3 },
    ],
    decisions: [],
    snapshots: [],
    passes: [
      { pass: 'deprecate', actions: [], deferred: [] },
      { pass: 'disable', actions: [], deferred: [] },
      { pass: 'deregister', actions: [], deferred: [] },
      { pass: 'delete-snapshots', actions: [], deferred: [] },
    ],
    dangling: [],
    missingImages: [],
    rules: [{ name: 'golden images' }],
    warnings: [],
    ...over,
  };
}

export const RUN: RunInfo = {
  runId: '20261121T020000Z-1a2b3c4d',
  mode: 'dry-run',
  policy: { source: 'ami-janitor.yml', sha256: 'ab'.repeat(32) },
};

export function aReport(over: Partial<Plan> = {}, input: Partial<ReportInput> = {}): Report {
  return buildReport({ run: RUN, plan: aPlan(over), outcomes: [], ownerTag: 'Owner', ...input });
}

/** A plan with something of everything. */
export function fullPlan(over: Partial<Plan> = {}): Plan {
  const [deprecated, deregistered] = [
    image(2, { creationDate: daysAgo(91) }),
    image(3, { creationDate: daysAgo(200) }),
  ];
  return aPlan({
    decisions: [
      keep(image(1), [{ code: 'referenced', references: 1 }], { references: [TEMPLATE] }),
      due(deprecated, 'deprecate'),
      due(deregistered, 'deregister', [{ code: 'deprecated-for', deprecatedAt: daysAgo(31), days: 31, ofDays: 30 }]),
      keep(image(4, { tags: {} }), [{ code: 'younger-than', ageDays: 12, days: 60 }], {
        next: { decision: 'deprecate', at: daysAgo(-48) },
      }),
      keep(image(5), [{ code: 'waiting', deprecatedAt: daysAgo(3), days: 3, ofDays: 30 }], {
        next: { decision: 'deregister', at: daysAgo(-27) },
      }),
      {
        image: image(6),
        decision: 'reinstate',
        references: [TEMPLATE],
        reasons: [{ code: 'referenced', references: 1 }],
      },
      keep(image(7), [{ code: 'referenced', references: 1 }], { references: [{ ...TEMPLATE, namedBy: [] }] }),
    ],
    snapshots: [
      ...[1, 2, 4, 5, 6, 7].map((number) => mapped(number)),
      {
        snapshotId: snapshotId(3),
        snapshot: snapshot(3),
        imageId: imageId(3),
        decision: 'delete',
        reasons: [{ code: 'image-deregistered', imageId: imageId(3) }],
      },
      {
        snapshotId: snapshotId(8),
        snapshot: snapshot(8),
        imageId: imageId(80),
        decision: 'delete',
        reasons: [{ code: 'left-behind', imageId: imageId(80) }],
      },
    ],
    passes: [
      {
        pass: 'deprecate',
        actions: [
          {
            action: 'deprecate',
            imageId: imageId(2),
            rule: 'golden images',
            deregisterAfter: daysAgo(-30),
            alreadyDeprecated: false,
          },
          { action: 'reinstate', imageId: imageId(6), liftDeprecation: true, enable: false },
        ],
        deferred: [],
      },
      { pass: 'disable', actions: [], deferred: [] },
      {
        pass: 'deregister',
        actions: [
          {
            action: 'deregister',
            imageId: imageId(3),
            rule: 'golden images',
            deleteSnapshots: [snapshotId(3)],
            keepSnapshots: [],
          },
        ],
        deferred: [],
      },
      {
        pass: 'delete-snapshots',
        actions: [{ action: 'delete-snapshot', snapshotId: snapshotId(8), imageId: imageId(80) }],
        deferred: [],
      },
    ],
    dangling: [{ missing: 'launch template lt-0gone version 3', namedBy: ['Auto Scaling group "old"'] }],
    warnings: ['The policy has no notify section: owners are not told.'],
    ...over,
  });
}
