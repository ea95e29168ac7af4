import { describe, expect, test } from 'vitest';
import { seedAccount } from '../../sandbox/seed/seed-account.ts';
import type { AccountState } from '../../sandbox/state.ts';
import { NOW } from './open.ts';

const DAY = 86_400_000;
const account = seedAccount({ now: NOW });
const images = [...account.images.values()];

function tagValues(key: string): Set<string> {
  return new Set(
    images.flatMap((image) => (image.Tags ?? []).filter((tag) => tag.Key === key).map((tag) => tag.Value ?? '')),
  );
}

/** Every image id that stands anywhere but in images and snapshots themselves. */
function referenced(state: AccountState): Set<string> {
  const { images: _images, snapshots: _snapshots, recycleBin: _bin, ...rest } = state;
  const text = JSON.stringify(rest, (_, value: unknown) => (value instanceof Map ? [...value] : value));
  return new Set(text.match(/ami-[0-9a-f]{17}|ami-[0-9a-f]{8}/g) ?? []);
}

describe('the seeded account is what it promises', () => {
  test('at least 150 images of 8 families in 4 environments and three owners, up to four years old', () => {
    expect(images.length).toBeGreaterThanOrEqual(150);
    expect(tagValues('Family').size).toBeGreaterThanOrEqual(8);
    expect([...tagValues('Environment')].sort()).toEqual(['dev', 'prod', 'sandbox', 'staging']);
    for (const owner of ['webapp-team@example.com', 'platform', '#data-eng'])
      expect(tagValues('Owner')).toContain(owner);
    const ages = images.flatMap((image) =>
      image.CreationDate === undefined ? [] : [(NOW.getTime() - Date.parse(image.CreationDate)) / DAY],
    );
    expect(Math.min(...ages)).toBeLessThan(10);
    expect(Math.max(...ages)).toBeGreaterThan(1000);
    expect(ages.every((age) => age >= 0 && age <= 1461)).toBe(true);
    expect(new Set(images.map((image) => image.Architecture))).toEqual(new Set(['x86_64', 'arm64']));
  });

  test('ids and names are unique, and every mapped snapshot is there', () => {
    expect(new Set(images.map((image) => image.Name)).size).toBe(images.length);
    const mapped = images.flatMap((image) =>
      (image.BlockDeviceMappings ?? []).flatMap((mapping) => mapping.Ebs?.SnapshotId ?? []),
    );
    expect(mapped.filter((id) => !account.snapshots.has(id))).toEqual([]);
    expect(mapped.length).toBeGreaterThan(new Set(mapped).size);
  });

  const KINDS: Readonly<Record<string, (image: (typeof images)[number]) => boolean>> = {
    untagged: (image) => image.Tags?.length === 0,
    disabled: (image) => image.State === 'disabled',
    pending: (image) => image.State === 'pending',
    failed: (image) => image.State === 'failed',
    public: (image) => image.Public === true,
    'deprecated in future': (image) => Date.parse(image.DeprecationTime ?? '') > NOW.getTime(),
    protected: (image) => image.DeregistrationProtection?.startsWith('enabled') === true,
    'instance store': (image) => image.RootDeviceType === 'instance-store',
    'of AWS Backup': (image) => image.Tags?.some((tag) => tag.Key?.startsWith('aws:backup:')) === true,
    'of Data Lifecycle Manager': (image) => image.Tags?.some((tag) => tag.Key?.startsWith('aws:dlm:')) === true,
    'of Marketplace': (image) => (image.ProductCodes?.length ?? 0) > 0,
    'without a creation date': (image) => image.CreationDate === undefined,
    'with an id of 8 digits': (image) => image.ImageId?.length === 12,
    'with several snapshots': (image) =>
      (image.BlockDeviceMappings ?? []).filter((mapping) => mapping.Ebs?.SnapshotId !== undefined).length > 1,
    'with hostile tags': (image) => image.Tags?.some((tag) => tag.Value?.includes('<script>')) === true,
    'with ExpiresOn': (image) => image.Tags?.some((tag) => tag.Key === 'ExpiresOn') === true,
    'copied from another Region': (image) => image.SourceImageRegion !== undefined,
  };
  test.each(Object.entries(KINDS))('an image %s', (_, isOne) => {
    expect(images.some(isOne)).toBe(true);
  });

  test('a majority of old images that nothing names', () => {
    const named = referenced(account);
    const old = images.filter((image) => Date.parse(image.CreationDate ?? '') < NOW.getTime() - 60 * DAY);
    const unnamed = old.filter((image) => !named.has(image.ImageId ?? ''));
    expect(unnamed.length).toBeGreaterThan(25);
    const byTool = images.filter((image) => image.Tags?.some((tag) => tag.Key === 'ami-janitor:deprecated-at'));
    const due = byTool.filter((image) =>
      image.Tags?.some(
        (tag) => tag.Key === 'ami-janitor:deregister-after' && Date.parse(tag.Value ?? '') < NOW.getTime(),
      ),
    );
    expect(due.length).toBe(8);
    expect(due.filter((image) => named.has(image.ImageId ?? ''))).toEqual([]);
    expect(byTool.filter((image) => named.has(image.ImageId ?? ''))).toHaveLength(1);
  });

  test('snapshots that are left behind, orphaned, marked, locked, shared and in fast restore', () => {
    const snapshots = [...account.snapshots.values()];
    const tagged = (key: string) => snapshots.filter((snapshot) => snapshot.Tags?.some((tag) => tag.Key === key));
    expect(tagged('ami-janitor:run')).toHaveLength(4);
    expect(tagged('ami-janitor:orphaned-at')).toHaveLength(2);
    expect(tagged('aws:backup:source-resource').length).toBeGreaterThan(0);
    const described = (start: string) => snapshots.filter((snapshot) => snapshot.Description?.startsWith(start));
    const isGone = (description: string | undefined) =>
      !account.images.has(/(?:for|DestinationAmi) (ami-\w+)/.exec(description ?? '')?.[1] ?? '');
    expect(
      described('Created by CreateImage').filter((snapshot) => isGone(snapshot.Description)).length,
    ).toBeGreaterThan(10);
    expect(described('Copied for DestinationAmi').filter((snapshot) => isGone(snapshot.Description))).toHaveLength(3);
    expect([
      account.snapshotLocks.size,
      account.createVolumePermissions.size,
      account.fastSnapshotRestores.length,
    ]).toEqual([2, 1, 1]);
    expect(account.recycleBin.images.size).toBe(1);
  });

  test('each kind of reference', () => {
    const groups = [...account.autoScalingGroups.values()];
    expect(groups.some((group) => group.LaunchConfigurationName !== undefined)).toBe(true);
    expect(groups.some((group) => group.MaxSize === 0)).toBe(true);
    expect(
      groups.some((group) =>
        group.MixedInstancesPolicy?.LaunchTemplate?.Overrides?.some((override) => override.ImageId !== undefined),
      ),
    ).toBe(true);
    for (const version of ['$Latest', '$Default', undefined])
      expect(
        groups.some((group) => group.LaunchTemplate !== undefined && group.LaunchTemplate.Version === version),
      ).toBe(true);
    const gone = groups.filter((group) => {
      const { LaunchTemplateId, Version } = group.LaunchTemplate ?? {};
      return (
        LaunchTemplateId !== undefined &&
        /^\d+$/.test(Version ?? '') &&
        account.launchTemplates.get(LaunchTemplateId)?.versions.has(Number(Version)) !== true
      );
    });
    expect(gone.map((group) => group.AutoScalingGroupName)).toEqual(['search-old-version', 'names-template-gone']);
    const kinds = [
      account.instanceRefreshes,
      account.spotFleets,
      account.fleets,
      account.spotRequests,
      account.instances,
      account.parameters,
      account.documents,
      account.imageRecipes,
      account.containerRecipes,
      account.computeEnvironments,
      account.texts.stacks,
      account.texts.functions,
      account.texts.stateMachines,
      account.texts.schedules,
    ];
    for (const kind of kinds) expect(kind.size).toBeGreaterThan(0);
    const severities = [...account.images.values()].map(({ ScanResults }) => ScanResults?.HighestFindingSeverityLabel);
    expect(severities).toEqual(expect.arrayContaining(['critical', 'low']));
    const images = [...account.launchTemplates.values()].flatMap((stored) =>
      [...stored.versions.values()].map((version) => version.LaunchTemplateData?.ImageId ?? 'none'),
    );
    for (const value of [
      'resolve:ssm:/golden/webapp/prod',
      'resolve:ssm:/golden/api/prod:2',
      'resolve:ssm:/golden/worker/prod:stable',
      'resolve:ssm:/golden/retired/prod',
      'none',
    ])
      expect(images).toContain(value);
  });
});

test('the same seed gives the same account, another seed another', () => {
  const text = (seed: number) => JSON.stringify([...seedAccount({ now: NOW, seed }).images.keys()]);
  expect(text(7)).toBe(text(7));
  expect(text(7)).not.toBe(text(8));
});

test('any seed and size makes an account, the smallest included', () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    for (const images of [1, 150, 333]) {
      const made = seedAccount({ now: NOW, images, seed });
      expect(made.images.size).toBe(Math.max(150, images));
      expect(new Set([...made.images.values()].map((image) => image.Name)).size).toBe(made.images.size);
    }
  }
});

test('a large account grows in proportion', () => {
  const large = seedAccount({ now: NOW, images: 5000 });
  expect(large.images.size).toBe(5000);
  expect(large.launchTemplates.size).toBeGreaterThanOrEqual(500);
  expect(large.autoScalingGroups.size).toBeGreaterThanOrEqual(200);
  const chosen = seedAccount({ now: NOW, images: 5000, launchTemplates: 2000, autoScalingGroups: 800 });
  expect(chosen.launchTemplates.size).toBeGreaterThanOrEqual(2000);
  expect([...chosen.launchTemplates.values()][0]?.versions.size).toBe(5);
});
