import type { LaunchTemplateVersion, ResponseLaunchTemplateData } from '@aws-sdk/client-ec2';
import { ENVIRONMENTS } from './catalog.ts';
import { type Draft, tagsOf } from './draft.ts';
import { addSnapshot } from './images.ts';

const VERSIONS = 5;

export interface TemplateDraft {
  readonly name: string;
  /** What each version launches, oldest first. */
  readonly versions: readonly ResponseLaunchTemplateData[];
  /** The version number of `$Default`; the latest where none is given. */
  readonly defaultVersion?: number;
  /** Version numbers that were deleted since. */
  readonly deleted?: readonly number[];
  /** The AWS service that manages it. */
  readonly operator?: string;
}

/** Adds a template with its versions and returns its id. */
export function addTemplate(draft: Draft, made: TemplateDraft): string {
  const { state } = draft;
  const LaunchTemplateId = draft.id('lt');
  const CreatedBy = `arn:aws:iam::${state.accountId}:role/deployer`;
  const Operator =
    made.operator === undefined
      ? { Managed: false }
      : { Managed: true, Principal: made.operator, HiddenByDefault: true };
  const common = { LaunchTemplateId, LaunchTemplateName: made.name, CreatedBy, Operator };
  const latest = made.versions.length;
  const versions = new Map<number, LaunchTemplateVersion>();
  for (const [index, LaunchTemplateData] of made.versions.entries()) {
    if (made.deleted?.includes(index + 1)) continue;
    versions.set(index + 1, {
      ...common,
      VersionNumber: index + 1,
      CreateTime: draft.daysAgo((latest - index) * 30),
      LaunchTemplateData,
    });
  }
  const template = {
    ...common,
    CreateTime: draft.daysAgo(latest * 30 + 1),
    DefaultVersionNumber: made.defaultVersion ?? latest,
    LatestVersionNumber: latest,
    Tags: tagsOf({ Name: made.name }),
  };
  state.launchTemplates.set(LaunchTemplateId, { template, versions });
  return LaunchTemplateId;
}

/** A template's ordinary content. */
export function launches(ImageId: string): ResponseLaunchTemplateData {
  return { ImageId, InstanceType: 'm7g.large', EbsOptimized: true, MetadataOptions: { HttpTokens: 'required' } };
}

/** Templates as pipelines leave them: a version for each of the newest builds, `$Default` lagging behind in a third. */
export function addPipelineTemplates(draft: Draft, count: number): void {
  const lines = new Map<string, string[]>();
  for (const image of draft.ordinary) {
    const tag = (key: string) => image.Tags?.find((entry) => entry.Key === key)?.Value ?? '';
    const line = `${tag('Family')}-${tag('Environment')}`;
    const ids = lines.get(line) ?? [];
    ids.push(image.ImageId ?? '');
    lines.set(line, ids);
  }
  // What serves customers has templates first.
  const rank = (line: string) => ENVIRONMENTS.findIndex((environment) => line.endsWith(environment));
  const names = [...lines.keys()].sort((a, b) => rank(a) - rank(b));
  for (let index = 0; index < count && names.length > 0; index += 1) {
    const line = names[index % names.length] ?? '';
    const round = Math.floor(index / names.length);
    const newest = (lines.get(line) ?? []).slice(round, round + VERSIONS).reverse();
    if (newest.length === 0) continue;
    // Small lines repeat their oldest build, so that every template has its five versions.
    const ids = Array.from({ length: VERSIONS }, (_, at) => newest[Math.max(0, at - (VERSIONS - newest.length))] ?? '');
    const defaultVersion = index % 3 === 2 ? VERSIONS - 1 : VERSIONS;
    addTemplate(draft, {
      name: `${line}${round === 0 ? '' : `-${round + 1}`}`,
      versions: ids.map(launches),
      defaultVersion,
    });
    for (const id of ids) draft.markNamed(id);
    for (const id of [ids[VERSIONS - 1], ids[defaultVersion - 1]]) draft.markUsed(id ?? '');
  }
}

/** Templates that a reader gets wrong more easily than right. */
export function addSpecialTemplates(draft: Draft): void {
  const old = () => draft.takeOldestId();
  const resolving = (reference: string) => [launches(`resolve:ssm:${reference}`)];
  addTemplate(draft, { name: 'golden-by-parameter', versions: resolving('/golden/webapp/prod') });
  addTemplate(draft, { name: 'golden-by-version', versions: resolving('/golden/api/prod:2') });
  addTemplate(draft, { name: 'golden-by-label', versions: resolving('/golden/worker/prod:stable') });
  addTemplate(draft, { name: 'golden-gone', versions: resolving('/golden/retired/prod') });
  addTemplate(draft, { name: 'no-image', versions: [{ InstanceType: 't4g.micro' }] });
  // Nothing has used it for years; it alone keeps its image.
  addTemplate(draft, { name: 'vestigial-2022', versions: [launches(old())] });
  // CloudFormation moves `$Latest` and leaves `$Default` where it was.
  addTemplate(draft, { name: 'cloudformation-stack', versions: [launches(old()), launches(old())], defaultVersion: 1 });
  addTemplate(draft, { name: 'k8s-eks-managed', versions: [launches(old())], operator: 'eks.amazonaws.com' });
  const restored = addSnapshot(draft, {
    ageDays: 500,
    sizeGiB: 200,
    Description: 'reference data, mounted by template',
  });
  addTemplate(draft, {
    name: 'with-data-volume',
    versions: [
      {
        ...launches(old()),
        BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { SnapshotId: restored, VolumeSize: 200 } }],
      },
    ],
  });
}
