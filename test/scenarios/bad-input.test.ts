import { describe, expect, it } from 'vitest';
import { aPolicy, StoryAccount, tell } from './account.ts';

/** What people and other tools leave in an account. None of it ends a run, and none hides an image in use. */
describe('the run goes on past', () => {
  it('templates without an image, and values that lead nowhere', async () => {
    const account = new StoryAccount();
    const [used, unused] = account.images('used', 'unused');
    const values = {
      'no-image': undefined,
      empty: '',
      'parameter-gone': 'resolve:ssm:/gone',
      'version-gone': 'resolve:ssm:/present:9',
      'label-gone': 'resolve:ssm:/present:never',
      'no-image-id': 'resolve:ssm:/words',
      'no-name': 'resolve:ssm:',
      'no-possible-name': 'resolve:ssm:$Stage/ami id',
      'not-shared': 'resolve:ssm:arn:aws:ssm:eu-west-1:210987654321:parameter/base',
      'too-long': `resolve:ssm:/${'x'.repeat(2100)}`,
      nonsense: 'ubuntu latest',
      'one-digit-too-few': 'ami-0123456',
      present: 'resolve:ssm:/present',
      padded: ` ${used} `,
    };
    for (const [name, value] of Object.entries(values)) account.template(name, [value]);
    account.parameter('/present', [used], { dataType: 'text' });
    account.parameter('/words', ['see the wiki'], { dataType: 'text' });
    const { taken, report, referencesOf } = await tell(account.state);
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(referencesOf(used).map((text) => text.replace(/lt-\w+/g, 'lt'))).toEqual([
      'ec2:LaunchTemplate lt "padded" version 1, $Default, $Latest',
      'ssm:Parameter /present version 1, named by launch template lt "present" version 1, $Default, $Latest',
    ]);
    const missing = report.dangling.map((one) => one.missing.slice(0, 40)).sort();
    expect(missing).toEqual([
      '"", which can be no parameter\'s name,',
      '"$Stage/ami id", which can be no paramet',
      `"/${'x'.repeat(38)}`,
      '"ami-0123456", which is no image id',
      '"ubuntu latest", which is no image id',
      'parameter /gone',
      'parameter /present:9',
      'parameter /present:never',
      'parameter /words, which holds no image i',
      'parameter arn:aws:ssm:eu-west-1:21098765',
    ]);
  });

  it('groups whose policy names nothing more, and templates that are named in more than one way', async () => {
    const account = new StoryAccount();
    const [byName, byId, unused] = account.images('by-name', 'by-id', 'unused');
    // The name of one template is the id of another.
    const other = account.template('other', [byId, 'ami-0000000f']);
    account.template(other, [byName, 'ami-0000000f']);
    const LaunchTemplateSpecification = { LaunchTemplateId: other };
    const LaunchTemplate = { LaunchTemplateSpecification, Overrides: [{}] };
    account.group('empty-override', { MixedInstancesPolicy: { LaunchTemplate } });
    account.group('by-name', { LaunchTemplate: { LaunchTemplateName: other, Version: '1' } });
    account.group('by-id', { LaunchTemplate: { LaunchTemplateId: other, Version: '1' } });
    account.group('empty-version', { LaunchTemplate: { LaunchTemplateId: other, Version: '' } });
    account.group('odd-version', { LaunchTemplate: { LaunchTemplateId: other, Version: '007' } });
    account.group('word-version', { LaunchTemplate: { LaunchTemplateId: other, Version: 'latest' } });
    account.group('odd-id', { LaunchTemplate: { LaunchTemplateId: 'lt-odd', Version: '1' } });
    const { taken, report } = await tell(account.state);
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(report.dangling.map(({ missing }) => missing)).toEqual([
      `launch template ${other} version 007`,
      `launch template ${other} version latest`,
      'launch template lt-odd version 1',
    ]);
  });

  it('parameters that hold names of parameters, in a circle too', async () => {
    const account = new StoryAccount();
    const unused = account.image('unused');
    account.parameter('/a', ['/b'], { dataType: 'text' });
    account.parameter('/b', ['resolve:ssm:/a'], { dataType: 'text' });
    account.template('circle', ['resolve:ssm:/a', 'resolve:ssm:/b']);
    const { taken, report } = await tell(account.state, { policy: aPolicy({ references: { ssmParameters: ['/*'] } }) });
    expect(taken).toEqual([unused]);
    // EC2 does not follow a parameter to another; neither template can launch.
    expect(report.dangling.map(({ missing }) => missing)).toEqual(['parameter /b, which holds no image id,']);
  });

  it('ids of 8 and of 17 digits', async () => {
    const account = new StoryAccount();
    const short = account.image('short', { with: { ImageId: 'ami-1a2b3c4d' } });
    const long = account.image('long', { with: { ImageId: 'ami-1a2b3c4d5e6f7a8b9' } });
    const unused = account.image('unused', { with: { ImageId: 'ami-1a2b3c4e' } });
    account.template('short', [short]);
    account.parameter('/list', [`a=${long},b=ami-1a2b3c4`], { dataType: 'text' });
    const policy = aPolicy({ references: { ssmParameters: ['/li*'] } });
    expect((await tell(account.state, { policy })).taken).toEqual([unused]);
  });

  it('names in any script, with quotes and line breaks', async () => {
    const account = new StoryAccount();
    const [image, configured, unused] = account.images('画像-🧹', '"; DROP TABLE images; --', 'unused');
    const template = account.template('шаблон "x"\n🚀', [image, 'ami-0000000f']);
    const LaunchTemplate = { LaunchTemplateName: 'шаблон "x"\n🚀', Version: '1' };
    account.group('グループ & <b>', { LaunchTemplate });
    account.launchConfiguration('Größe/\u202Egnp', configured);
    const { taken, referencesOf } = await tell(account.state);
    expect(taken).toEqual([unused]);
    expect(referencesOf(image)).toEqual([
      `ec2:LaunchTemplate ${template} "шаблон "x"\n🚀" version 1, named by Auto Scaling group "グループ & <b>"`,
    ]);
    expect(referencesOf(configured)).toEqual(['autoscaling:LaunchConfiguration Größe/\u202Egnp ']);
  });

  it('documents of megabytes, with ids at every place', async () => {
    const account = new StoryAccount();
    const ids = Array.from({ length: 40 }, (_, index) => account.image(`in-document-${index}`));
    const unused = account.image('unused');
    // S3's stream is cut where it likes: the ids stand at ever other distances from any cut.
    const text = ids
      .map((id, index) => `${'x'.repeat(100_000 + index)} ${id}${index % 2 === 0 ? '.' : '\n'}`)
      .join('é');
    const put = (body: string) => ({
      body: new TextEncoder().encode(body),
      eTag: '"1"',
      lastModified: account.daysAgo(1),
      metadata: {},
    });
    account.state.buckets.set(
      'runbooks',
      new Map([
        ['dr/large.txt', put(text)],
        ['dr/empty.txt', put('')],
        ['other/unread.txt', put(unused)],
      ]),
    );
    const references = { documents: ['s3://runbooks/dr/', { path: 's3://runbooks/nothing/', mayBeEmpty: true }] };
    const { taken, report, calls } = await tell(account.state, { policy: aPolicy({ references }) });
    expect(taken).toEqual([unused]);
    // Two documents, and the journal.
    expect(calls.count('GetObject')).toBe(3);
    expect(report.complete).toBe(true);
    expect(report.dangling).toEqual([]);
  });

  it('documents that are not there, by keeping everything', async () => {
    const account = new StoryAccount();
    account.image('unused');
    for (const place of ['/nowhere/runbook.md', 's3://no-such-bucket/']) {
      const { taken, report } = await tell(account.state, { policy: aPolicy({ references: { documents: [place] } }) });
      expect(taken).toEqual([]);
      expect(report.complete).toBe(false);
    }
  });
});

describe('a source that the policy switches off', () => {
  it('is not asked, and the report says so', async () => {
    const account = new StoryAccount();
    const used = account.image('used');
    account.launchConfiguration('billing', used);
    const policy = aPolicy({ references: { off: ['launch-configurations'] } });
    const { taken, report, calls } = await tell(account.state, { policy });
    expect(calls.count('DescribeLaunchConfigurations')).toBe(0);
    expect(report.complete).toBe(true);
    expect(report.sources).toContainEqual({ name: 'launch-configurations', status: 'off', references: 0, calls: 0 });
    expect(report.warnings.join(' ')).toContain('launch-configurations is switched off');
    expect(taken).toEqual([used]);
  });
});
