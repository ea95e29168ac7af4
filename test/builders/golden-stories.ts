import type { LaunchPermission } from '@aws-sdk/client-ec2';
import type { StoryAccount } from '../scenarios/account.ts';
import type { Member } from './organization.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** Golden images by what uses them. All but `current` are as endangered as can be: only that use keeps them. */
export interface GoldenImages {
  /** New, and launched by every consumer. */
  readonly current: string;
  /** Named by a launch template of consumer 37, and by nothing else. */
  readonly inTemplate37: string;
  /** By an override of a group's mixed instances policy in consumer 12. */
  readonly inGroup12: string;
  /** By a stopped instance of consumer 5. */
  readonly onInstance5: string;
  /** By a parameter of consumer 20. */
  readonly inParameter20: string;
  /** Its snapshot is mapped by a template of consumer 15. */
  readonly mapped15: string;
  /** Nothing names it: its copy in the other Region runs in consumer 7. */
  readonly copied: string;
  readonly copy: string;
  /** Consumer 9 copied the golden account's copy into its own account, and launches that. */
  readonly copiedOnward: string;
  readonly copyOnward: string;
  readonly ownCopy9: string;
  /** Shared with the production unit, and named by a template of consumer 3. */
  readonly inUnit3: string;
  /** Shared with an account outside the organization, where an instance has run for long: a usage report shows it. */
  readonly outside: string;
  /** The same, but launched two hours ago: no usage report shows it yet. */
  readonly outsideLately: string;
  /** Shared with the whole organization, and used by nobody. */
  readonly organizationWide: string;
  /** Shared with every consumer, and used by nobody. */
  readonly unused: readonly string[];
  /** Shared with nobody, and used by nobody. */
  readonly unshared: string;
}

interface Cast {
  readonly golden: Member;
  readonly consumer: (number: number) => Member;
  readonly consumers: readonly Member[];
  readonly outsider: Member;
  readonly arns: { readonly organization: string; readonly prod: string };
  readonly unused: number;
}

/** Makes the golden images, shares them, and lets the other accounts use them. */
export function tellGoldenStories({ golden, consumer, consumers, outsider, arns, unused }: Cast): GoldenImages {
  const withAll = consumers.map(({ accountId }): LaunchPermission => ({ UserId: accountId }));
  const image = (name: string, permissions: LaunchPermission[] = withAll) =>
    sharedImage(golden.home, name, permissions);
  const copyOf = (source: string, name: string) => {
    const id = sharedImage(golden.away, name, withAll);
    setSource(golden.away, id, source, golden.home.state.region);
    return id;
  };
  const current = golden.home.image('golden-current', { ageDays: 5, deprecatedDaysAgo: null });
  golden.home.state.launchPermissions.set(current, withAll);
  for (const { accountId, home } of consumers) launchEverywhere(home, `web-${accountId}`, current);

  const inTemplate37 = image('golden-template');
  consumer(37).home.template('nightly-batch', [inTemplate37]);
  const inGroup12 = image('golden-group');
  overrideInGroup(consumer(12).home, inGroup12, current);
  const onInstance5 = image('golden-instance');
  consumer(5).home.instance(onInstance5, {
    State: { Code: 80, Name: 'stopped' },
    LaunchTime: golden.home.daysAgo(300),
  });
  const inParameter20 = image('golden-parameter');
  consumer(20).home.parameter('/images/base', [inParameter20]);
  const mapped15 = image('golden-snapshot');
  const mapped = golden.home.snapshotOf(mapped15);
  golden.home.state.createVolumePermissions.set(mapped, [{ UserId: consumer(15).accountId }]);
  const BlockDeviceMappings = [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: mapped } }];
  consumer(15).home.template('with-data', [current], { data: { BlockDeviceMappings } });

  const copied = image('golden-copied');
  const copy = copyOf(copied, 'golden-copied');
  consumer(7).away.instance(copy, { LaunchTime: golden.home.daysAgo(200) });
  const copiedOnward = image('golden-copied-onward');
  const copyOnward = copyOf(copiedOnward, 'golden-copied-onward');
  const ownCopy9 = consumer(9).away.image('base', { ageDays: 200, deprecatedDaysAgo: null });
  setSource(consumer(9).away, ownCopy9, copyOnward, golden.away.state.region);
  consumer(9).away.template('base', [ownCopy9]);

  const inUnit3 = image('golden-unit', [{ OrganizationalUnitArn: arns.prod }]);
  consumer(3).home.template('reports', [inUnit3]);
  const outside = image('golden-outside', [{ UserId: outsider.accountId }]);
  outsider.home.instance(outside, { LaunchTime: golden.home.daysAgo(100) });
  const outsideLately = image('golden-outside-lately', [{ UserId: outsider.accountId }]);
  const LaunchTime = new Date(golden.home.daysAgo(0).getTime() - 2 * HOUR_MILLISECONDS);
  outsider.home.instance(outsideLately, { LaunchTime });
  return {
    current,
    inTemplate37,
    inGroup12,
    onInstance5,
    inParameter20,
    mapped15,
    copied,
    copy,
    copiedOnward,
    copyOnward,
    ownCopy9,
    inUnit3,
    outside,
    outsideLately,
    organizationWide: image('golden-organization', [{ OrganizationArn: arns.organization }]),
    unused: Array.from({ length: unused }, (_, index) => image(`golden-unused-${index + 1}`)),
    unshared: image('golden-unshared', []),
  };
}

function sharedImage(owner: StoryAccount, name: string, permissions: LaunchPermission[]): string {
  const id = owner.image(name, { tags: { Family: 'golden', Owner: 'platform-team' } });
  if (permissions.length > 0) owner.state.launchPermissions.set(id, permissions);
  return id;
}

function setSource({ state }: StoryAccount, id: string, SourceImageId: string, SourceImageRegion: string): void {
  const copy = state.images.get(id);
  if (copy !== undefined) state.images.set(id, { ...copy, SourceImageId, SourceImageRegion });
}

/** A template, a group over its newest version, and an instance of that group. */
function launchEverywhere(account: StoryAccount, name: string, imageId: string): void {
  const LaunchTemplateId = account.template(name, [imageId]);
  account.group(name, { LaunchTemplate: { LaunchTemplateId, LaunchTemplateName: name, Version: '$Latest' } });
  account.instance(imageId, { LaunchTime: account.daysAgo(3) });
}

function overrideInGroup(account: StoryAccount, ImageId: string, ordinary: string): void {
  const LaunchTemplateId = account.template('mixed', [ordinary]);
  const LaunchTemplateSpecification = { LaunchTemplateId, Version: '$Default' };
  const LaunchTemplate = { LaunchTemplateSpecification, Overrides: [{ InstanceType: 'c7g.large', ImageId }] };
  account.group('mixed', { MixedInstancesPolicy: { LaunchTemplate } });
}
