import { DescribeLaunchTemplateVersionsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Finder, Finding } from '../../src/references/finder.ts';
import { gatherReferences } from '../../src/references/gather.ts';
import { launchTemplates } from '../../src/references/launch-templates.ts';
import { clientsOf, SETTINGS, SILENT } from './gathering.ts';

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset());
afterAll(() => ec2.restore());

const version = (number: number, ImageId: string, DefaultVersion = false) => ({
  LaunchTemplateId: 'lt-1',
  LaunchTemplateName: 'web',
  VersionNumber: number,
  DefaultVersion,
  LaunchTemplateData: { ImageId },
});

/** Stands in for the groups: names a version of the template. */
const groupNaming = (...versions: string[]): Finder => ({
  source: 'auto-scaling-groups',
  async *find() {
    for (const named of versions) {
      const finding: Finding = {
        finds: 'launch-template',
        mention: { templateId: 'lt-1', version: named },
        namedBy: 'Auto Scaling group "web"',
        past: false,
      };
      yield finding;
    }
  },
});

const gather = (...versions: string[]) =>
  gatherReferences([groupNaming(...versions), launchTemplates], clientsOf({}), SETTINGS, SILENT);

describe('launch templates', () => {
  beforeEach(() => {
    ec2.on(DescribeLaunchTemplateVersionsCommand, { Versions: ['$Latest', '$Default'] }).resolves({
      LaunchTemplateVersions: [version(1, 'ami-00000001', true), version(9, 'ami-00000009')],
    });
  });

  it('counts $Default, $Latest and the version that a group names, and says who names it', async () => {
    ec2.on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId: 'lt-1', Versions: ['5'] }).resolves({
      LaunchTemplateVersions: [version(5, 'ami-00000005')],
    });
    const { images } = await gather('5');
    expect([...images.keys()].sort()).toEqual(['ami-00000001', 'ami-00000005', 'ami-00000009']);
    expect([...images.values()].flat()).toContainEqual({
      kind: 'ec2:LaunchTemplate',
      resource: 'lt-1',
      detail: '"web" version 5',
      namedBy: ['Auto Scaling group "web"'],
    });
  });

  it('still counts version 5 where version 3, asked for in the same call, is gone', async () => {
    ec2
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId: 'lt-1', Versions: ['3', '5'] })
      .rejects(
        Object.assign(new Error('Could not find version 3'), { name: 'InvalidLaunchTemplateId.VersionNotFound' }),
      )
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId: 'lt-1', Versions: undefined })
      .resolves({
        LaunchTemplateVersions: [version(9, 'ami-00000009'), version(5, 'ami-00000005'), version(4, 'ami-00000004')],
      });
    const { images, dangling, sources } = await gather('3', '5');
    expect([...images.keys()].sort()).toEqual(['ami-00000001', 'ami-00000005', 'ami-00000009']);
    expect(dangling).toEqual([{ missing: 'launch template lt-1 version 3', namedBy: ['Auto Scaling group "web"'] }]);
    // Versions 1, 4, 5 and 9, of which one came twice.
    expect(sources).toMatchObject([{ status: 'read' }, { status: 'read', read: 4 }]);
  });

  it('is unreadable, with the permission that is missing, where further versions are denied', async () => {
    ec2
      .on(DescribeLaunchTemplateVersionsCommand, { LaunchTemplateId: 'lt-1', Versions: ['5'] })
      .rejects(
        Object.assign(
          new Error(
            'You are not authorized to perform: ec2:DescribeLaunchTemplateVersions because no policy allows it',
          ),
          { name: 'UnauthorizedOperation' },
        ),
      );
    const { sources } = await gather('5');
    expect(sources).toContainEqual({
      name: 'launch-templates',
      status: 'unreadable',
      references: 0,
      calls: 2,
      error: expect.stringContaining('ec2:DescribeLaunchTemplateVersions'),
    });
  });

  it('takes an answer without a list for a broken one, never for an account without templates', async () => {
    ec2.reset();
    ec2.on(DescribeLaunchTemplateVersionsCommand).resolves({});
    const { sources } = await gather();
    expect(sources).toContainEqual(expect.objectContaining({ name: 'launch-templates', status: 'unreadable' }));
  });
});
