import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AccountState } from '../../sandbox/state.ts';
import { DAY, id } from './parts.ts';

/** How many versions each template has. */
export const VERSIONS = 5;
/** As long as what people write into templates to set an instance up. */
const USER_DATA = Buffer.from('#!/bin/bash\n'.padEnd(800, '# set the instance up\n')).toString('base64');

/** A template's five versions go from image to image; every tenth template stayed with old ones. */
export function addTemplate(state: AccountState, number: number, images: readonly string[], now: Date): void {
  const LaunchTemplateId = id('lt', number);
  const LaunchTemplateName = `service-${number}`;
  const common = { LaunchTemplateId, LaunchTemplateName, CreatedBy: `arn:aws:iam::${state.accountId}:role/deployer` };
  const newest = number % 10 === 0 ? Math.floor(images.length * 0.9) : (number * 5) % Math.ceil(images.length / 2);
  const versions = new Map<number, LaunchTemplateVersion>();
  for (let version = 1; version <= VERSIONS; version += 1) {
    const ImageId =
      number % 20 === 1 && version === VERSIONS
        ? `resolve:ssm:/golden/${number % Math.ceil(images.length / 500)}`
        : images[Math.min(images.length - 1, newest + VERSIONS - version)];
    versions.set(version, {
      ...common,
      VersionNumber: version,
      CreateTime: new Date(now.getTime() - (VERSIONS - version) * 30 * DAY),
      LaunchTemplateData: {
        ...(ImageId !== undefined && { ImageId }),
        InstanceType: 'm7g.large',
        EbsOptimized: true,
        MetadataOptions: { HttpTokens: 'required' },
        SecurityGroupIds: [id('sg', number)],
        UserData: USER_DATA,
      },
    });
  }
  const DefaultVersionNumber = number % 3 === 2 ? VERSIONS - 1 : VERSIONS;
  const template = { ...common, DefaultVersionNumber, LatestVersionNumber: VERSIONS };
  state.launchTemplates.set(LaunchTemplateId, { template, versions });
}

/** A parameter that some templates name, with an earlier version. */
export function addParameter(state: AccountState, number: number, images: readonly string[]): void {
  const Name = `/golden/${number}`;
  const history = [2, 1].map((age, index) => ({
    Name,
    Type: 'String' as const,
    Value: images[number * 3 + age] ?? '',
    Version: index + 1,
    DataType: 'aws:ec2:image',
    Labels: [],
  }));
  state.parameters.set(Name, { name: Name, history });
}
