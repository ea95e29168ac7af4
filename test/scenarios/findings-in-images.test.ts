import { expect, it } from 'vitest';
import { listsOf } from '../../src/report/sections.ts';
import { aPolicy, StoryAccount, tell } from './account.ts';

const CriticalFixAvailableSince = new Date('2026-10-03T04:05:06Z');
const critical = { ScanResults: { HighestFindingSeverityLabel: 'critical', CriticalFixAvailableSince } } as const;
const rule = { name: 'all', select: {}, keep: { youngerThan: '1d' }, deprecate: {} };

async function scanned(select: Readonly<Record<string, unknown>>) {
  const account = new StoryAccount();
  const named = {
    used: account.image('used', { tags: { Owner: 'team-web' }, with: critical }),
    unused: account.image('unused', { with: critical }),
    high: account.image('high', {
      with: { ScanResults: { HighestFindingSeverityLabel: 'high', CriticalFixAvailableSince } },
    }),
    clean: account.image('clean', { with: { ScanResults: { FindingScanDate: CriticalFixAvailableSince } } }),
    approved: account.image('approved', { with: { ImageWatermarks: [{ WatermarkKey: '111122223333:approved' }] } }),
    unknown: account.image('unknown'),
  };
  for (const imageId of [named.used, named.high]) account.template(`t-${imageId}`, [imageId]);
  const { report } = await tell(account.state, { policy: aPolicy({ rules: [{ ...rule, select }] }) });
  const names = new Map(Object.entries(named).map(([name, imageId]) => [imageId, name]));
  const selected = report.images.filter((image) => image.rule === 'all').map(({ imageId }) => names.get(imageId));
  return { report, named, selected: selected.sort() };
}

it('an image that is in use with a critical finding is listed for its owner, and since when there is a fix', async () => {
  const { report, named } = await scanned({});
  expect(listsOf(report).critical.lines).toEqual([
    expect.stringMatching(
      new RegExp(`^${named.used} used, of team-web: a fix exists since 2026-10-03; ec2:LaunchTemplate lt-`),
    ),
  ]);
  const image = report.images.find(({ imageId }) => imageId === named.used);
  expect(image).toMatchObject({ severity: 'critical', fixAvailableSince: '2026-10-03T04:05:06.000Z' });
  const [high, clean] = [named.high, named.clean].map((id) => report.images.find(({ imageId }) => imageId === id));
  expect([high?.severity, high?.fixAvailableSince, clean?.severity]).toEqual(['high', undefined, undefined]);
});

it('the line of descent of an image is told as far as its images are there', async () => {
  const account = new StoryAccount();
  const from = (name: string, SourceImageId: string, SourceImageRegion = account.state.region) =>
    account.image(name, { with: { SourceImageId, SourceImageRegion } });
  const [amazons, gone] = ['ami-0aaaaaaaaaaaaaaaa', 'ami-0bbbbbbbbbbbbbbbb'];
  const base = from('base', amazons);
  const golden = from('golden', base);
  const copy = from('copy', golden, 'us-east-1');
  const [web, orphan] = [from('web', golden), from('orphan', gone)];
  const alone = account.image('alone');
  const { report } = await tell(account.state);
  const lineage = new Map(report.images.map((image) => [image.imageId, image.lineage]));
  expect([web, copy, orphan, alone].map((imageId) => lineage.get(imageId))).toEqual([
    [golden, base, amazons],
    [golden],
    [gone],
    undefined,
  ]);
});

it.each([
  [{ severity: ['CRITICAL', 'high'] }, ['high', 'unused', 'used']],
  [{ not: { severity: 'critical' } }, ['clean', 'high']],
  [{ watermark: '*:approved' }, ['approved']],
  [{ not: { watermark: '*:approved' } }, ['clean', 'high', 'unknown', 'unused', 'used']],
])('a rule selects by what AWS tells of images: %j', async (select, names) => {
  expect((await scanned(select)).selected).toEqual(names);
});
