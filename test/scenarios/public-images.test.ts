import { describe, expect, it } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { actOn, daysLater, policyOf, tagsOf } from '../execute/acting.ts';
import { type ImageOptions, NOW, StoryAccount } from './account.ts';

const POLICY = policyOf('deregister: { after: 90d }, public: true', 'undo: none');
const STRANGER = '999999999999';

/** An image that everybody may launch, with the date that AWS gives each of those. */
function published(story: StoryAccount, name: string, options: ImageOptions = {}): string {
  const { deprecatedDaysAgo = 100 } = options;
  const own = deprecatedDaysAgo === null ? { DeprecationTime: story.daysAgo(400 - 730).toISOString() } : {};
  const id = story.image(name, { ...options, deprecatedDaysAgo, with: { Public: true, ...own } });
  story.state.launchPermissions.set(id, [{ Group: 'all' }]);
  return id;
}

const idOf = ({ input }: Call) => JSON.stringify(input).match(/ami-[0-9a-f]{17}/)?.[0];

describe('a public image of a rule for such', () => {
  it('is deprecated first, and goes once AWS’s usage report says that nobody uses it; it is never disabled', async () => {
    const story = new StoryAccount();
    const [fresh, old] = [published(story, 'new', { deprecatedDaysAgo: null }), published(story, 'old')];
    const first = await actOn(story, { policy: POLICY });
    expect(first.of(fresh)).toBe('done');
    expect(first.of(old)).toBeUndefined();
    const reasons = first.report.images.find(({ imageId }) => imageId === old)?.reasons;
    expect(reasons).toMatchObject([{ code: 'usage-unknown', status: 'none' }]);
    const asked = first.calls.entries.filter(({ operation }) => operation === 'CreateImageUsageReport');
    expect(asked.map(idOf)).toEqual([old]);
    const second = await actOn(story, { policy: POLICY, at: daysLater(1) });
    expect(second.of(old)).toBe('done');
    expect(story.state.images.has(old)).toBe(false);
    expect(story.state.images.get(fresh)?.Public).toBe(true);
    for (const { calls } of [first, second])
      expect(calls.count('DisableImage') + calls.count('ModifyImageAttribute')).toBe(0);
  });

  it('stays while a stranger uses it, though the run before asked', async () => {
    const story = new StoryAccount();
    const old = published(story, 'old');
    await actOn(story, { policy: POLICY });
    for (const [id, report] of story.state.imageUsageReports) {
      const entry = { ReportId: id, ImageId: old, AccountId: STRANGER, ResourceType: 'ec2:Instance', UsageCount: 1 };
      story.state.imageUsageReports.set(id, { ...report, entries: [entry] });
    }
    const { report, of } = await actOn(story, { policy: POLICY, at: daysLater(1) });
    expect(of(old)).toBeUndefined();
    expect(report.images[0]?.reasons).toMatchObject([{ code: 'used-elsewhere', accounts: 1 }]);
    expect(tagsOf(story, old)).toHaveProperty('ami-janitor:deprecated-at');
  });

  it('stays where the reports can’t be asked for, and the run says so', async () => {
    const story = new StoryAccount();
    const old = published(story, 'old');
    const warnings: string[] = [];
    const { of } = await actOn(story, {
      policy: POLICY,
      onWarning: (sentence) => warnings.push(sentence),
      intercept: ({ operation }) => (operation === 'CreateImageUsageReport' ? { kind: 'access-denied' } : undefined),
    });
    expect(of(old)).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(`^no usage report could be asked for on ${old}: access denied`)]);
  });

  it('stays while its report is being made, and no second one is asked for', async () => {
    const story = new StoryAccount();
    published(story, 'old');
    await actOn(story, { policy: POLICY });
    const again = await actOn(story, { policy: POLICY, at: new Date(NOW.getTime() + 10_000) });
    expect(again.calls.count('CreateImageUsageReport')).toBe(0);
  });

  it.each([
    ['is asked', 'InvalidAMIID.NotFound', 1, []],
    ['is not asked', 'InternalError', 0, [expect.stringMatching(/^the usage reports could not be asked for: /)]],
  ])('of which AWS does not tell whether a report is being made %s for one: %s', async (_, code, times, said) => {
    const story = new StoryAccount();
    published(story, 'old');
    const warnings: string[] = [];
    let isActing = false;
    const { calls } = await actOn(story, {
      policy: POLICY,
      onWarning: (sentence) => warnings.push(sentence),
      confirm: async () => {
        isActing = true;
        return true;
      },
      intercept: ({ operation }) =>
        isActing && operation === 'DescribeImageUsageReports' ? { error: { code, message: 'no' } } : undefined,
    });
    expect(warnings).toEqual(said);
    expect(calls.count('CreateImageUsageReport')).toBe(times);
  });

  it('is looked at again, and AWS asked, before it is deprecated: EC2 undoes that for no public image', async () => {
    const story = new StoryAccount();
    const fresh = (name: string) => published(story, name, { deprecatedDaysAgo: null });
    const [used, unused] = [fresh('used'), fresh('unused')];
    const confirm = async () => story.instance(used) !== '';
    const first = await actOn(story, { policy: POLICY, confirm });
    expect(first.of(used)).toMatch(/^skipped: read again, it is to keep: referenced/);
    expect(first.of(unused)).toBe('done');
    const blind = policyOf('deregister: { after: 90d }, public: true', 'references: { off: [instances] }');
    const second = await actOn(story, { policy: blind });
    expect(second.of(used)).toMatch(/^skipped: AWS names a use of it .*ec2:Instance/);
    expect(tagsOf(story, used)).toEqual({});
  });

  it('stays deprecated where it is reinstated, and the run says why', async () => {
    const story = new StoryAccount();
    const old = published(story, 'old', { tags: { 'ami-janitor:keep': 'true' } });
    const { report } = await actOn(story, { policy: POLICY });
    expect(report.outcomes).toMatchObject([
      { action: 'reinstate', status: 'done', reason: 'it stays deprecated, since EC2 undoes that for no public image' },
    ]);
    expect(story.state.images.get(old)?.DeprecationTime).toBe(story.daysAgo(100).toISOString());
    expect(Object.keys(tagsOf(story, old))).toEqual(['ami-janitor:keep']);
  });

  it('stays while a public parameter names it, which no listing tells of', async () => {
    const story = new StoryAccount();
    const [named, old] = ['named', 'old'].map((name) => published(story, name));
    story.parameter('/aws/service/acme/release/latest/image_id', [named ?? ''], { dataType: 'text' });
    const reading = (glob: string) =>
      policyOf('deregister: { after: 90d }, public: true', `undo: none\nreferences: { ssmParameters: ["${glob}"] }`);
    const decided = async (glob: string) => {
      const { report } = await actOn(story, { policy: reading(glob) });
      return [named, old].map((id) => report.images.find(({ imageId }) => imageId === id)?.reasons[0]?.code);
    };
    expect(await decided('/aws/service/acme/*/image_id')).toEqual(['referenced', 'usage-unknown']);
    expect(await decided('/aws/service/acme/releases/*')).toEqual(['source-unreadable', 'source-unreadable']);
  });

  it('stands in the report beside the quota, whether more can become public, and what could not be read of that', async () => {
    const story = new StoryAccount();
    published(story, 'old');
    const said = async (options: Parameters<typeof actOn>[1]) => (await actOn(story, options)).report.warnings;
    expect(await said({ policy: POLICY })).toContainEqual(
      'Public images: 1 of a quota of 5 in this Region, so 4 at most are left; those in the Recycle Bin count too. Making images public is not blocked (block public access for AMIs).',
    );
    story.state.publicImages = { quota: 1, access: 'block-new-sharing' };
    expect(await said({ policy: POLICY })).toContainEqual(
      expect.stringMatching(/^Public images: 1 of a quota of 1 .* 0 at most .* is blocked/),
    );
    const intercept = ({ operation }: Call) =>
      operation === 'GetServiceQuota' ? ({ kind: 'access-denied' } as const) : undefined;
    expect(await said({ policy: POLICY, intercept })).toContainEqual(
      expect.stringMatching(/^The quota of public images could not be read: access denied/),
    );
    const { calls } = await actOn(story, { policy: policyOf('deregister: { after: 90d }') });
    expect(calls.count('GetServiceQuota') + calls.count('GetImageBlockPublicAccessState')).toBe(0);
  });
});
