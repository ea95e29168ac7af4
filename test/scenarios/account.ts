import type { AutoScalingGroup, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import type { Image, Instance, LaunchTemplateVersion, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { vi } from 'vitest';
import type { CallLog } from '../../sandbox/calls.ts';
import type { SandboxOptions } from '../../sandbox/server.ts';
import { type AccountState, emptyAccount } from '../../sandbox/state.ts';
import { createClients } from '../../src/aws/clients.ts';
import { executePlan } from '../../src/execute/execute-plan.ts';
import { JournalReader } from '../../src/journal/reader.ts';
import { PASSES } from '../../src/model/plan.ts';
import type { Policy } from '../../src/model/policy.ts';
import type { Report } from '../../src/report/report.ts';
import { run } from '../../src/run.ts';
import { BUCKET } from '../builders/journal.ts';
import { policyOf } from '../builders/policy.ts';
import { readerOf } from '../builders/reader.ts';
import { bearOut } from '../builders/seeded-journal.ts';
import { serve } from '../builders/serve.ts';

/** The time at which every story is told. */
export const NOW = new Date('2026-11-21T02:00:00Z');

/** What a story says of an image; all else is ordinary. */
export interface ImageOptions {
  readonly ageDays?: number;
  /** Days since ami-janitor deprecated it; null for never. */
  readonly deprecatedDaysAgo?: number | null;
  readonly tags?: Readonly<Record<string, string>>;
  readonly with?: Partial<Image>;
}

export interface TemplateOptions {
  /** The number of `$Default`; the latest where none is given. */
  readonly default?: number;
  /** Numbers that were deleted since. */
  readonly deleted?: readonly number[];
  /** The AWS service that manages it, so that it is hidden. */
  readonly managedBy?: string;
  readonly data?: Partial<ResponseLaunchTemplateData>;
}

/**
 * An account made by hand, in the shapes of the embedded account. Its images are as endangered as can be: old, and
 * deprecated by this tool so long ago that they are deregistered today unless something keeps them.
 */
export class StoryAccount {
  readonly state: AccountState;
  readonly #ids: { last: number };

  /** @param ids counts on over all that take part in a story, so that no two things have the same id */
  constructor(state: AccountState = emptyAccount(), ids = { last: 0 }) {
    this.state = state;
    // As the deployment makes them; a story about an account without rules takes them away.
    const tags = [{ Key: 'ami-janitor:recycle', Value: 'true' }];
    if (state.recycleBin.rules.length === 0)
      for (const resource of ['image', 'snapshot'] as const)
        state.recycleBin.rules.push({ resource, retentionDays: 30, tags });
    this.#ids = ids;
  }

  /** An id that nothing else in the story has. */
  id(prefix: string, digits: 8 | 17 = 17): string {
    this.#ids.last += 1;
    return `${prefix}-${this.#ids.last.toString(16).padStart(digits, '0')}`;
  }

  daysAgo(days: number): Date {
    return new Date(NOW.getTime() - days * 86_400_000);
  }

  /** Adds images of these names, and gives their ids. */
  images(...names: [string, string]): [string, string];
  images(...names: [string, string, string]): [string, string, string];
  images(...names: [string, string, string, string]): [string, string, string, string];
  images(...names: string[]): string[] {
    return names.map((name) => this.image(name));
  }

  /** Adds an image with a snapshot of its own, and gives its id. */
  image(name: string, { ageDays = 400, deprecatedDaysAgo = 60, tags = {}, ...given }: ImageOptions = {}): string {
    const { accountId } = this.state;
    const ImageId = given.with?.ImageId ?? this.id('ami');
    const SnapshotId = this.snapshot(`Created by CreateImage(i-0123456789abcdef0) for ${ImageId}`, { ageDays });
    const deprecatedAt = deprecatedDaysAgo === null ? undefined : this.daysAgo(deprecatedDaysAgo);
    const all = {
      ...(deprecatedAt && { 'ami-janitor:deprecated-at': deprecatedAt.toISOString(), 'ami-janitor:rule': 'all' }),
      ...tags,
    };
    this.state.images.set(ImageId, {
      ImageId,
      Name: name,
      OwnerId: accountId,
      State: 'available',
      CreationDate: this.daysAgo(ageDays).toISOString(),
      ...(deprecatedAt && { DeprecationTime: deprecatedAt.toISOString() }),
      Architecture: 'arm64',
      PlatformDetails: 'Linux/UNIX',
      RootDeviceType: 'ebs',
      Public: false,
      Tags: Object.entries(all).map(([Key, Value]) => ({ Key, Value })),
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId, VolumeSize: 8 } }],
      ...given.with,
    });
    return ImageId;
  }

  /** The snapshot that `image` made for it. */
  snapshotOf(imageId: string): string {
    return this.state.images.get(imageId)?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? '';
  }

  snapshot(description: string, { ageDays = 400, tags = {} }: Omit<ImageOptions, 'with'> = {}): string {
    const SnapshotId = this.id('snap');
    this.state.snapshots.set(SnapshotId, {
      SnapshotId,
      OwnerId: this.state.accountId,
      State: 'completed',
      Description: description,
      StartTime: this.daysAgo(ageDays),
      VolumeSize: 8,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    });
    return SnapshotId;
  }

  /** Adds a launch template and gives its id. @param values the `ImageId` of each version, oldest first */
  template(name: string, values: readonly (string | undefined)[], options: TemplateOptions = {}): string {
    const LaunchTemplateId = this.id('lt');
    const operator = options.managedBy;
    const Operator = operator === undefined ? {} : { Operator: { Managed: true, Principal: operator } };
    const common = { LaunchTemplateId, LaunchTemplateName: name, ...Operator };
    const versions = new Map<number, LaunchTemplateVersion>();
    for (const [index, ImageId] of values.entries()) {
      if (options.deleted?.includes(index + 1)) continue;
      const LaunchTemplateData = { ...(ImageId !== undefined && { ImageId }), ...options.data };
      versions.set(index + 1, { ...common, VersionNumber: index + 1, LaunchTemplateData });
    }
    const numbers = { DefaultVersionNumber: options.default ?? values.length, LatestVersionNumber: values.length };
    this.state.launchTemplates.set(LaunchTemplateId, { template: { ...common, ...numbers }, versions });
    return LaunchTemplateId;
  }

  group(AutoScalingGroupName: string, given: Partial<AutoScalingGroup>): void {
    this.state.autoScalingGroups.set(AutoScalingGroupName, {
      AutoScalingGroupName,
      MinSize: 0,
      MaxSize: 6,
      DesiredCapacity: 2,
      DefaultCooldown: 300,
      AvailabilityZones: [`${this.state.region}a`],
      HealthCheckType: 'EC2',
      CreatedTime: this.daysAgo(300),
      ...given,
    });
  }

  launchConfiguration(name: string, ImageId: string, given: Partial<LaunchConfiguration> = {}): void {
    this.state.launchConfigurations.set(name, {
      LaunchConfigurationName: name,
      ImageId,
      InstanceType: 'm5.large',
      CreatedTime: this.daysAgo(900),
      ...given,
    });
  }

  instance(ImageId: string, given: Partial<Instance> = {}): string {
    const InstanceId = this.id('i');
    this.state.instances.set(InstanceId, {
      InstanceId,
      ImageId,
      State: { Code: 16, Name: 'running' },
      ...given,
    });
    return InstanceId;
  }

  /** Adds a parameter. @param values one for each version, oldest first */
  parameter(name: string, values: readonly string[], { dataType = 'aws:ec2:image', label = '', type = 'String' } = {}) {
    const history = values.map((Value, index) => ({
      Name: name,
      Type: type === 'SecureString' ? ('SecureString' as const) : ('String' as const),
      Value,
      Version: index + 1,
      DataType: dataType,
      Labels: index === 0 && label !== '' ? [label] : [],
    }));
    this.state.parameters.set(name, { name, history });
  }
}

/** A story of one old image with its snapshot. */
export function oldImage(): { story: StoryAccount; image: string; snapshot: string } {
  const story = new StoryAccount();
  const image = story.image('old');
  return { story, image, snapshot: story.snapshotOf(image) };
}

/** The policy of the stories, in the file's own words: every image older than a month goes. */
export function aPolicy(given: Readonly<Record<string, unknown>> = {}): Policy {
  const all = {
    name: 'all',
    select: { name: '*' },
    keep: { youngerThan: '30d' },
    deprecate: {},
    deregister: { after: '30d' },
    snapshots: 'delete',
  };
  return policyOf({ version: 1, rules: [all], limits: { stopAbove: '100%' }, ...given });
}

export interface TellingOptions extends Partial<Omit<SandboxOptions, 'account'>> {
  readonly policy?: Policy;
  readonly at?: Date;
  /** Acts on the plan; a dry run else. */
  readonly enforce?: boolean;
}

const RUN_ID = '20261121T020000Z-00000000';

/** What a run over a story's account came to. */
export interface Told {
  readonly report: Report;
  readonly calls: CallLog;
  /** The images that a pass would deprecate, disable or deregister, now or in a later run. */
  readonly taken: readonly string[];
  /** The snapshots that would be deleted, with their image or alone. */
  readonly deleted: readonly string[];
  /** An image's references in words. */
  readonly referencesOf: (imageId: string) => readonly string[];
  /** The codes of the reasons given for an image. */
  readonly reasonsOf: (imageId: string) => readonly string[];
}

/** Serves an account, lets the real clients and the whole run loose on it, and tells what would be done. */
export async function tell(state: AccountState, options: TellingOptions = {}): Promise<Told> {
  const { policy = aPolicy(), at = NOW, enforce = false, ...sandboxOptions } = options;
  // As earlier runs would have left it, where the story has none of its own.
  if (!state.buckets.has(BUCKET)) bearOut(state.buckets, BUCKET, state);
  const sandbox = await serve({ account: state, now: () => at, ...sandboxOptions });
  const clients = createClients(state.region, { maxAttempts: 1, pace: 'off' });
  try {
    const journal = new JournalReader({ s3: clients.s3, bucket: BUCKET });
    const reader = readerOf(clients, policy, () => at, journal);
    const policySource = { source: 'story', sha256: '0'.repeat(64) };
    const enforcement = {
      executePlan,
      clients,
      clock: () => at,
      journal,
      onOutcome: () => {},
      onWarning: () => {},
    };
    const request = { runId: RUN_ID, passes: PASSES, policy, policySource, reader, at };
    const report = await run({ ...request, ...(enforce && { enforcement }) });
    return told(report, sandbox.calls);
  } finally {
    clients.destroy();
    await sandbox.close();
    vi.unstubAllEnvs();
  }
}

function told(report: Report, calls: CallLog): Told {
  const actions = report.passes.flatMap((pass) => [...pass.actions, ...pass.deferred]);
  const imageOf = (imageId: string) => report.images.find((image) => image.imageId === imageId);
  return {
    report,
    calls,
    taken: actions.flatMap((action) =>
      action.action === 'deprecate' || action.action === 'disable' || action.action === 'deregister'
        ? [action.imageId]
        : [],
    ),
    deleted: actions.flatMap((action) => {
      if (action.action === 'deregister') return action.deleteSnapshots;
      return action.action === 'delete-snapshot' ? [action.snapshotId] : [];
    }),
    referencesOf: (imageId) =>
      (imageOf(imageId)?.references ?? []).map(({ kind, resource, detail }) => `${kind} ${resource} ${detail ?? ''}`),
    reasonsOf: (imageId) => (imageOf(imageId)?.reasons ?? []).map(({ code }) => code),
  };
}
