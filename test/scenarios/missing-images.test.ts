import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { emptyAccount } from '../../sandbox/state.ts';
import { reportHtml } from '../../src/report/html/html.ts';
import { reportMarkdown } from '../../src/report/markdown.ts';
import { listsOf } from '../../src/report/sections.ts';
import { reportTerminal } from '../../src/report/terminal/terminal.ts';
import { PLAIN } from '../report/texts.ts';
import { StoryAccount, tell } from './account.ts';

/** What a call filters by. */
const FILTERS = z.array(z.object({ Values: z.array(z.string()) })).default([]);

describe('an image that something names and that is gone', () => {
  it('is told with who names it, whether it lies in the Recycle Bin, and how many instances run it', async () => {
    const account = new StoryAccount();
    const unused = account.image('unused');
    const gone = 'ami-0badbadbadbadbad0';
    const binned = account.image('binned');
    const image = account.state.images.get(binned);
    account.state.images.delete(binned);
    account.state.recycleBin.images.set(binned, {
      resource: { ...image, ImageId: binned },
      enteredAt: account.daysAgo(1),
      exitsAt: account.daysAgo(-6),
    });
    const lt = account.template('web', [gone]);
    const launchTemplate = { LaunchTemplateId: lt };
    const running = account.instance(gone);
    account.instance(gone);
    const inService = { AvailabilityZone: 'eu-west-1a', LifecycleState: 'InService' as const, HealthStatus: 'Healthy' };
    const instance = { ...inService, InstanceId: running, ImageId: gone, ProtectedFromScaleIn: false };
    account.group('web', { LaunchTemplate: launchTemplate, Instances: [instance] });
    account.launchConfiguration('old', binned);
    const { report, taken, calls } = await tell(account.state);
    expect(report.complete).toBe(true);
    expect(taken).toEqual([unused]);
    expect(report.missingImages).toEqual([
      {
        imageId: binned,
        inRecycleBin: true,
        namedBy: [{ kind: 'autoscaling:LaunchConfiguration', resource: 'old' }],
        running: 0,
      },
      { imageId: gone, inRecycleBin: false, namedBy: [expect.objectContaining({ resource: lt })], running: 2 },
    ]);
    expect(listsOf(report).missing.lines[0]).toBe(
      `${binned} (in the Recycle Bin): autoscaling:LaunchConfiguration old`,
    );
    const html = [...reportHtml(report)].join('').replaceAll(/<[^>]+>/g, '');
    const markdown = reportMarkdown(report).replaceAll('\\', '');
    for (const text of [reportTerminal(report, { width: 400, palette: PLAIN }), markdown, html]) {
      expect(text).toContain('References to missing images: what names them cannot launch');
      expect(text).toContain(`${binned} (in the Recycle Bin): autoscaling:LaunchConfiguration old`);
      expect(text).toContain('2 running instances');
    }
    // One page of images, one look-up, and the bin once.
    expect([calls.count('DescribeImages'), calls.count('ListImagesInRecycleBin')]).toEqual([2, 1]);
  });

  it("is none where another account shares it, a public one it is, or nothing names what is not the account's own", async () => {
    const account = new StoryAccount();
    const own = account.image('own');
    const platform = new StoryAccount(emptyAccount('210987654321'), { last: 500 });
    const shared = platform.image('shared');
    platform.state.launchPermissions.set(shared, [{ UserId: account.state.accountId }]);
    const unshared = platform.image('unshared');
    account.template('own', [own]);
    const without = await tell(account.state, { otherAccounts: [platform.state] });
    expect(without.calls.count('DescribeImages')).toBe(1);
    account.template('shared', [shared]);
    account.template('unshared', [unshared]);
    const { report } = await tell(account.state, { otherAccounts: [platform.state] });
    expect(report.missingImages?.map(({ imageId }) => imageId)).toEqual([unshared]);
  });

  it('is none of the account’s disabled ones; and is one that EC2 goes on showing after it was deregistered', async () => {
    const account = new StoryAccount();
    const disabled = account.image('disabled', { with: { State: 'disabled' } });
    const lingering = account.image('lingering');
    const image = { ...account.state.images.get(lingering), State: 'deregistered' as const };
    account.state.images.delete(lingering);
    account.state.lingering.set(lingering, { image, until: account.daysAgo(-1) });
    for (const id of [disabled, lingering]) account.template(id, [id]);
    const { report } = await tell(account.state);
    expect(report.missingImages?.map(({ imageId }) => imageId)).toEqual([lingering]);
  });

  it('is looked up with at most 200 others a call, and no page of an answer is left out', async () => {
    const account = new StoryAccount();
    const platform = new StoryAccount(emptyAccount('210987654321'), { last: 1000 });
    const shared = [1, 2, 3].map((number) => platform.image(`shared ${number}`));
    for (const id of shared) platform.state.launchPermissions.set(id, [{ UserId: account.state.accountId }]);
    const gone = Array.from({ length: 240 }, () => account.id('ami'));
    for (const id of [...gone, ...shared]) account.launchConfiguration(id, id);
    const { report, calls } = await tell(account.state, { otherAccounts: [platform.state], pageSizeCap: 2 });
    expect(report.missingImages?.map(({ imageId }) => imageId)).toEqual(gone);
    const asked = calls.entries.flatMap(({ operation, input }) =>
      operation === 'DescribeImages' ? [z.looseObject({ Filters: FILTERS }).parse(input).Filters] : [],
    );
    expect(asked.flatMap((filters) => filters.map(({ Values }) => Values.length))).toEqual([200, 43, 43]);
  });

  it('holds nothing back where it could not be looked up', async () => {
    const account = new StoryAccount();
    const unused = account.image('unused');
    account.template('web', ['ami-0000000f']);
    let looked = 0;
    const intercept = ({ operation }: { readonly operation: string }) => {
      if (operation !== 'DescribeImages') return undefined;
      looked += 1;
      return looked === 2 ? ({ kind: 'server-error' } as const) : undefined;
    };
    const { report, taken } = await tell(account.state, { intercept });
    expect(taken).toEqual([unused]);
    expect(report.complete).toBe(true);
    expect(report.missingImages).toBeUndefined();
    expect(report.warnings.join()).toContain('could not be looked up');
  });

  it('says so where the Recycle Bin could not be read', async () => {
    const account = new StoryAccount();
    account.template('web', ['ami-0000000f']);
    const { report } = await tell(account.state, {
      intercept: ({ operation }) => (operation === 'ListImagesInRecycleBin' ? { kind: 'access-denied' } : undefined),
    });
    expect(report.missingImages).toMatchObject([{ imageId: 'ami-0000000f', inRecycleBin: null }]);
  });
});
