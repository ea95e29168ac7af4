import { Readable } from 'node:stream';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DescribeFleetsCommand, DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  GetImageCommand,
  ImagebuilderClient,
  ListContainerRecipesCommand,
  ListImageBuildVersionsCommand,
  ListImageRecipesCommand,
} from '@aws-sdk/client-imagebuilder';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeParametersCommand,
  GetDocumentCommand,
  GetParametersCommand,
  ListDocumentsCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { autoScalingGroups, instanceRefreshes } from '../../src/references/auto-scaling.ts';
import { documents } from '../../src/references/documents.ts';
import type { Finder } from '../../src/references/finder.ts';
import { ec2Fleets } from '../../src/references/fleets.ts';
import { gatherReferences } from '../../src/references/gather.ts';
import { find } from '../../src/references/image-builder-recipes.ts';
import { instances } from '../../src/references/instances.ts';
import { launchTemplates } from '../../src/references/launch-templates.ts';
import { ssmDocuments } from '../../src/references/ssm-documents.ts';
import { ssmParameters } from '../../src/references/ssm-parameters.ts';
import { clientsOf, SETTINGS, SILENT } from './gathering.ts';

const ec2 = mockClient(EC2Client);
const autoScaling = mockClient(AutoScalingClient);
const ssm = mockClient(SSMClient);
const s3 = mockClient(S3Client);
const imageBuilder = mockClient(ImagebuilderClient);
const imageBuilderRecipes: Finder = { source: 'image-builder-recipes', find };

beforeEach(() => {
  for (const mock of [ec2, autoScaling, ssm, s3, imageBuilder]) mock.reset();
});
afterAll(() => {
  for (const mock of [ec2, autoScaling, ssm, s3, imageBuilder]) mock.restore();
});

const gather = (finders: readonly Finder[], settings = SETTINGS) =>
  gatherReferences(finders, clientsOf({}), settings, SILENT);

const awsError = (name: string, message = name) => Object.assign(new Error(message), { name });

/** What came of one source alone: the images found, or why it could not be read. */
async function read(finder: Finder, settings = SETTINGS) {
  const { images, dangling, sources } = await gather([finder], settings);
  const [source] = sources;
  return {
    images: [...images.keys()],
    dangling: dangling.map(({ missing }) => missing),
    error: source?.status === 'unreadable' ? source.error : undefined,
  };
}

/** A foreign endpoint's answers with an element emptied: AWS's own never look so. */
describe('an answer that is empty where AWS never is', () => {
  const version = (VersionNumber: number, DefaultVersion: boolean) => {
    const names = { LaunchTemplateId: 'lt-0123456789abcdef0', LaunchTemplateName: 'web' };
    return { ...names, VersionNumber, DefaultVersion, LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0' } };
  };

  it.each([
    ['no instance in a reservation', instances, { Reservations: [{ Instances: [] }] }],
    ['no version of a template that is $Default', launchTemplates, { LaunchTemplateVersions: [version(2, false)] }],
    ['no number of a version', launchTemplates, { LaunchTemplateVersions: [version(0, true)] }],
  ])('holds every image: %s', async (_, finder, answer) => {
    ec2.onAnyCommand().resolves(answer);
    expect((await read(finder)).error).toMatch(/which AWS always sends/);
  });
});

/** Answers that the embedded account never gives, and AWS may. */
describe('a denial that does not name the permission', () => {
  it('is told with those that the source needs', async () => {
    ec2.on(DescribeFleetsCommand).rejects(awsError('UnauthorizedOperation', 'You are not authorized.'));
    expect((await read(ec2Fleets)).error).toBe(
      'access denied (UnauthorizedOperation): the role lacks a permission, or another policy forbids it; this source needs ec2:DescribeFleets',
    );
  });
});

describe('instances', () => {
  it('are counted one by one, however many a reservation has', async () => {
    const reservation = (...ids: string[]) => ({
      Instances: ids.map((InstanceId) => ({ InstanceId, ImageId: 'ami-0000000a' })),
    });
    const Reservations = [reservation('i-1', 'i-2'), reservation('i-3')];
    ec2.on(DescribeInstancesCommand).resolves({ Reservations });
    expect((await gather([instances])).sources).toMatchObject([{ status: 'read', read: 3, references: 3 }]);
  });
});

describe('a source that names what it is not declared to name', () => {
  it('is unreadable: nobody would wait for it', async () => {
    const naming: Finder = {
      source: 'ssm-documents',
      async *find() {
        yield { finds: 'parameter', name: '/golden', namedBy: 'SSM document web' } as const;
      },
    };
    expect((await read(naming)).error).toContain('the source ssm-documents is not declared to name a parameter');
  });
});

describe('instance refreshes', () => {
  beforeEach(() => {
    const LaunchConfigurationName = 'lc';
    const AutoScalingGroups = ['a', 'b'].map((AutoScalingGroupName) => ({
      AutoScalingGroupName,
      LaunchConfigurationName,
    }));
    // Only the names count here.
    autoScaling.on(DescribeAutoScalingGroupsCommand).callsFake(() => ({ AutoScalingGroups }));
    autoScaling.on(DescribeInstanceRefreshesCommand).resolves({ InstanceRefreshes: [] });
  });

  const readRefreshes = async () => {
    const { sources } = await gather([autoScalingGroups, instanceRefreshes]);
    return sources.find(({ name }) => name === 'instance-refreshes');
  };

  it('of a group that was deleted since are none', async () => {
    autoScaling
      .on(DescribeInstanceRefreshesCommand, { AutoScalingGroupName: 'a' })
      .rejects(awsError('ValidationError', "AutoScalingGroup name not found - AutoScalingGroup 'a' not found"));
    expect(await readRefreshes()).toMatchObject({ status: 'read', calls: 2 });
  });

  it('that are refused for another reason are unknown', async () => {
    autoScaling
      .on(DescribeInstanceRefreshesCommand, { AutoScalingGroupName: 'a' })
      .rejects(awsError('ValidationError', 'The token is malformed'));
    expect(await readRefreshes()).toMatchObject({ status: 'unreadable' });
  });
});

describe('SSM parameters', () => {
  const listed = (...names: string[]) =>
    ssm.on(DescribeParametersCommand).resolves({ Parameters: names.map((Name) => ({ Name })) });
  /** Stands in for the templates: names parameters. */
  const naming = (...names: string[]): Finder => ({
    source: 'launch-templates',
    async *find() {
      for (const name of names) yield { finds: 'parameter', name, namedBy: 'launch template lt-1' } as const;
    },
  });

  it('that SSM takes for no name hide no other', async () => {
    listed('/standing');
    ssm.on(GetParametersCommand).callsFake(({ Names }: { Names: string[] }) => {
      if (Names.includes('//')) throw awsError('ValidationException');
      return { Parameters: Names.map((Name) => ({ Name, Value: 'ami-0000000a', Version: 1 })), InvalidParameters: [] };
    });
    const { images, dangling, sources } = await gather([naming('//'), ssmParameters]);
    expect([...images.keys()]).toEqual(['ami-0000000a']);
    expect(dangling.map(({ missing }) => missing)).toEqual(['parameter //']);
    expect(sources.at(-1)).toMatchObject({ status: 'read', calls: 4 });
  });

  const denial = (reason: string, arn: string) =>
    awsError(
      'AccessDeniedException',
      `User: arn:aws:sts::123456789012:assumed-role/r/s is not authorized to perform: ssm:GetParameters on resource: ${arn} ${reason}`,
    );
  const FOREIGN = 'arn:aws:ssm:eu-west-1:210987654321:parameter/base';
  const OWN = 'arn:aws:ssm:eu-west-1:123456789012:parameter/base';

  it.each([
    [
      'that another account shares no longer concern their template alone',
      FOREIGN,
      'because no resource-based policy allows the ssm:GetParameters action',
      'read',
    ],
    ['of another account that are refused without a reason likewise', FOREIGN, '', 'read'],
    [
      'of another account that the role itself may not read are unknown',
      FOREIGN,
      'because no identity-based policy allows the ssm:GetParameters action',
      'unreadable',
    ],
    ['that an SCP forbids are unknown', FOREIGN, 'with an explicit deny in a service control policy', 'unreadable'],
    [
      'of this account that are refused are unknown',
      OWN,
      'because no resource-based policy allows the ssm:GetParameters action',
      'unreadable',
    ],
  ])('%s', async (_, arn, reason, status) => {
    listed('/standing');
    ssm.on(GetParametersCommand).callsFake(({ Names }: { Names: string[] }) => {
      if (Names.includes(arn)) throw denial(reason, arn);
      return { Parameters: Names.map((Name) => ({ Name, Value: 'ami-0000000a', Version: 1 })), InvalidParameters: [] };
    });
    const { images, dangling, sources } = await gather([naming(arn), ssmParameters]);
    expect(sources.at(-1)).toMatchObject({ status });
    if (status === 'unreadable') return;
    expect([...images.keys()]).toEqual(['ami-0000000a']);
    expect(dangling).toEqual([
      { missing: `parameter ${arn}, which is not shared with this account,`, namedBy: ['launch template lt-1'] },
    ]);
  });

  it('without a value are unknown', async () => {
    listed('/a');
    ssm.on(GetParametersCommand).resolves({ Parameters: [{ Name: '/a', Version: 1 }], InvalidParameters: [] });
    expect((await read(ssmParameters)).error).toContain('no Value of the parameter /a');
  });

  it('that SSM lists and then refuses are unknown', async () => {
    listed('/standing');
    ssm.on(GetParametersCommand).rejects(awsError('ValidationException'));
    expect((await read(ssmParameters)).error).toContain('ValidationException');
  });

  it('that an answer leaves out are unknown', async () => {
    listed('/a', '/b');
    ssm
      .on(GetParametersCommand)
      .resolves({ Parameters: [{ Name: '/a', Value: 'ami-0000000a' }], InvalidParameters: [] });
    expect((await read(ssmParameters)).error).toBe('the answer tells of 1 of 2 parameters');
  });

  it("that were deleted since they were listed are in nobody's way", async () => {
    listed('/a');
    ssm.on(GetParametersCommand).resolves({ Parameters: [], InvalidParameters: ['/a'] });
    expect(await read(ssmParameters)).toEqual({ images: [], dangling: [], error: undefined });
  });

  it('asked for in one call are never two of one parameter', async () => {
    listed();
    const arn = 'arn:aws:ssm:eu-west-1:123456789012:parameter/p';
    ssm
      .on(GetParametersCommand)
      .callsFake(({ Names }: { Names: string[] }) => ({ Parameters: [], InvalidParameters: Names }));
    await gather([naming('/p', 'p', '/p:1', '/p:stable', arn, `${arn}:2`, '/q'), ssmParameters]);
    const batches = ssm.commandCalls(GetParametersCommand).map((call) => call.args[0].input.Names);
    expect(batches).toEqual([['/p', '/q'], ['p'], ['/p:1'], ['/p:stable'], [arn], [`${arn}:2`]]);
  });
});

describe('SSM documents', () => {
  beforeEach(() => {
    ssm.on(ListDocumentsCommand).resolves({
      DocumentIdentifiers: [
        { Name: 'gone', DocumentVersion: '1' },
        { Name: 'there', DocumentVersion: '1' },
      ],
    });
    ssm.on(GetDocumentCommand, { Name: 'there' }).resolves({ DocumentVersion: '1', Content: 'ami-0000000a' });
  });

  it('that were deleted since they were listed hide no other', async () => {
    ssm.on(GetDocumentCommand, { Name: 'gone' }).rejects(awsError('InvalidDocument'));
    expect(await read(ssmDocuments)).toEqual({ images: ['ami-0000000a'], dangling: [], error: undefined });
  });

  it('whose content an answer leaves out are unknown', async () => {
    ssm.on(GetDocumentCommand, { Name: 'gone' }).resolves({ DocumentVersion: '1' });
    expect((await read(ssmDocuments)).error).toContain('no content of the document gone');
  });
});

describe('documents in S3', () => {
  const settings = { ...SETTINGS, documents: [{ pattern: 's3://bucket/dr/', mayBeEmpty: false }] };
  const object = (Key: string, ContentLength: number, ...pieces: string[]) =>
    s3
      .on(GetObjectCommand, { Key })
      .callsFake(() => ({ ContentLength, Body: Readable.from(pieces.map((piece) => Buffer.from(piece))) }));
  beforeEach(() => {
    s3.on(ListObjectsV2Command).resolves({
      KeyCount: 2,
      Contents: [
        { Key: 'dr/a', Size: 12 },
        { Key: 'dr/b', Size: 40 },
      ],
    });
    object('dr/a', 12, 'ami-0000000a');
  });

  it('that were deleted since they were listed hide no other', async () => {
    s3.on(GetObjectCommand, { Key: 'dr/b' }).rejects(awsError('NoSuchKey'));
    expect(await read(documents, settings)).toEqual({ images: ['ami-0000000a'], dangling: [], error: undefined });
  });

  it('that are not what S3 listed are unknown', async () => {
    object('dr/b', 27, '<html>Please sign in</html>');
    expect((await read(documents, settings)).error).toContain('s3://bucket/dr/b is not what S3 listed');
  });

  it('give their ids wherever the stream is cut', async () => {
    const text = 'é — ami-1a2b3c4d5e6f7a8b9, ami-1a2b3c4d.';
    for (let cut = 1; cut < text.length; cut += 1) {
      object('dr/b', 40, text.slice(0, cut), text.slice(cut));
      const { images } = await read(documents, settings);
      expect(images).toEqual(expect.arrayContaining(['ami-1a2b3c4d5e6f7a8b9', 'ami-1a2b3c4d']));
    }
  });
});

describe('Image Builder recipes', () => {
  const own = 'arn:aws:imagebuilder:eu-west-1:123456789012';
  const recipes = (...parents: string[]) =>
    imageBuilder.on(ListImageRecipesCommand).resolves({
      imageRecipeSummaryList: parents.map((parentImage, index) => ({
        arn: `${own}:image-recipe/r/1.0.${index}`,
        parentImage,
      })),
    });
  beforeEach(() => {
    imageBuilder.on(ListContainerRecipesCommand).resolves({ containerRecipeSummaryList: [] });
  });

  it('ask once for a build that many start from, and never for those of others', async () => {
    const build = `${own}:image/base/x.x.x`;
    recipes(build, build, build, 'arn:aws:imagebuilder:eu-west-1:aws:image/amazon-linux-2023-arm64/x.x.x');
    const image = { state: { status: 'AVAILABLE' as const }, outputResources: { amis: [{ image: 'ami-0000000a' }] } };
    imageBuilder.on(GetImageCommand).resolves({ image });
    expect((await read(imageBuilderRecipes)).images).toEqual(['ami-0000000a']);
    expect(imageBuilder.commandCalls(GetImageCommand)).toHaveLength(1);
  });

  it('that start from a build that is gone are told', async () => {
    recipes(`${own}:image/base/1.0.0/1`, 'ami-0000000b');
    imageBuilder.on(GetImageCommand).rejects(awsError('ResourceNotFoundException'));
    expect(await read(imageBuilderRecipes)).toEqual({
      images: ['ami-0000000b'],
      dangling: [`Image Builder image ${own}:image/base/1.0.0/1`],
      error: undefined,
    });
  });

  it('whose earlier builds are gone since are told, and hide no other', async () => {
    const arn = `${own}:image/base/1.0.0`;
    recipes(arn, 'ami-0000000b');
    imageBuilder.on(GetImageCommand).resolves({ image: { arn: `${arn}/1`, state: { status: 'FAILED' } } });
    imageBuilder.on(ListImageBuildVersionsCommand).rejects(awsError('ResourceNotFoundException'));
    expect(await read(imageBuilderRecipes)).toEqual({
      images: ['ami-0000000b'],
      dangling: [`Image Builder image ${arn}, of which no build is available,`],
      error: undefined,
    });
  });

  it('whose build an answer leaves out are unknown', async () => {
    recipes(`${own}:image/base/1.0.0/1`);
    imageBuilder.on(GetImageCommand).resolves({});
    expect((await read(imageBuilderRecipes)).error).toContain('no image for');
  });

  it('whose build is available and gave nothing are unknown', async () => {
    recipes(`${own}:image/base/1.0.0/1`);
    imageBuilder.on(GetImageCommand).resolves({ image: { state: { status: 'AVAILABLE' } } });
    expect((await read(imageBuilderRecipes)).error).toContain('no output of the available build');
  });

  it('whose available build names an AMI without its image are unknown', async () => {
    recipes(`${own}:image/base/1.0.0/1`);
    const image = { state: { status: 'AVAILABLE' as const }, outputResources: { amis: [{}] } };
    imageBuilder.on(GetImageCommand).resolves({ image });
    expect((await read(imageBuilderRecipes)).error).toContain('no image of an AMI of');
  });

  it('that start from nothing are unknown', async () => {
    imageBuilder.on(ListImageRecipesCommand).resolves({ imageRecipeSummaryList: [{ arn: 'r' }] });
    expect((await read(imageBuilderRecipes)).error).toContain('no parentImage of the image recipe r');
  });

  it('for containers that start from nothing are unknown, whatever image their instance starts from', async () => {
    recipes();
    imageBuilder
      .on(ListContainerRecipesCommand)
      .resolves({ containerRecipeSummaryList: [{ arn: 'c', instanceImage: 'ami-0000000a' }] });
    expect((await read(imageBuilderRecipes)).error).toContain('no parentImage of the container recipe c');
  });
});
