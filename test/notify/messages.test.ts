import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionNotice, Notice } from '../../src/model/notice.ts';
import { readButtonImages } from '../../src/notify/button-value.ts';
import { DeliveredBefore } from '../../src/notify/delivered-item.ts';
import type { SlackMessage } from '../../src/notify/message.ts';
import type { Notification } from '../../src/notify/notifications.ts';
import { type OwnerMessage, ownerMessages } from '../../src/notify/owner-messages.ts';
import { plainMessages } from '../../src/notify/plain-messages.ts';
import { failureMessage, failureSubject, failureText, platformMessage } from '../../src/notify/platform-message.ts';
import { daysAgo } from '../builders/account.ts';
import { ABOUT, aNotice, imageIdsIn, itemsFor } from '../builders/notices.ts';
import { tried } from '../builders/tried.ts';
import { problemsOf, textsIn } from './slack-server.ts';

const REPORT = 'https://reports.example.com/latest/report.html';

const limitProblems = ({ text, blocks }: SlackMessage) => problemsOf(text, blocks, JSON.stringify({ text, blocks }));

function news(notices: readonly Notice[], over: Partial<Notification> = {}): Notification {
  return {
    ...ABOUT,
    items: itemsFor(notices[0]?.owner, notices).items,
    audience: 'fallback',
    reportUrl: REPORT,
    ...over,
  };
}

const WEB = { owner: 'team-web', family: 'webapp/arm64', monthlyCostUpTo: 0.4 };

/** Images of so many families, of which each goes on a day of its own. */
function manyNotices(images: number, families: number, over: Partial<Notice> = {}): Notice[] {
  return Array.from({ length: images }, (_, number) => {
    const family = number % families;
    return aNotice(number, { ...WEB, family: `app-${family}`, deregisterAt: daysAgo(-30 - family), ...over });
  });
}

const FAILED = {
  requestId: '3f6e0c1e-0000-4000-8000-000000000000',
  functionName: 'ami-janitor-prod-deregister',
  accountId: ABOUT.accountId,
  region: 'eu-west-1',
  why: ['eu-west-1: could not be read, so nothing is due: instances (report: s3://reports/reports/1/)'],
};

const sent = (messages: readonly OwnerMessage[]) =>
  JSON.stringify(messages.map(({ text, blocks }) => ({ text, blocks })));

/** What would wake people, or lead them somewhere: none of it may come from anyone's text. */
function harm(messages: readonly { readonly text: string; readonly blocks: readonly unknown[] }[]): string[] {
  const texts = messages.flatMap(({ text, blocks }) => [text, ...textsIn(blocks)]);
  return texts
    .map((text) => text.replace(`<${REPORT}|open it>`, ''))
    .filter((text) => /[<>\n]/.test(text.replace(/^[^\n]*\n/, '')) || /<|@(?:channel|here|everyone)\b/i.test(text));
}

const HOSTILE = [
  '@channel',
  '@here @everyone',
  '<!here>',
  '<!subteam^S0ALL|all>',
  '<@U00000BOB>',
  '<https://evil.example|click>',
  '`code` *bold* _it_ ~no~',
  '&lt;!here&gt;',
  'one\ntwo\u202etfel\u200b',
  '🦄'.repeat(60),
  '&'.repeat(256),
  '\u0000'.repeat(256),
  '漢'.repeat(256),
];

describe('images that are in use with critical findings', () => {
  const critical = Array.from({ length: 12 }, (_, index) => ({
    imageId: `ami-${index}`,
    name: index === 0 ? '<!here> `x`' : `web-${index}`,
    accountId: ABOUT.accountId,
    region: 'eu-west-1',
    owner: 'team-web',
    fix: 'a fix exists since 2026-10-03',
  }));
  const others = { ...critical[1], imageId: 'ami-other', name: 'api', owner: 'team-api' };
  const notices = Array.from({ length: 61 }, (_, index) => aNotice(index + 1, { owner: 'team-web' }));

  it('stand once in what their owner hears anyway, the first ten of them', () => {
    const told = news(notices, { critical: [...critical, { ...others, ...ABOUT, region: 'eu-west-1', fix: 'x' }] });
    const plain = plainMessages(told, 'team-web').map(({ text }) => text);
    const slack = ownerMessages(told, true).map(({ blocks }) => textsIn(blocks).join('\n'));
    for (const texts of [plain, slack]) {
      expect(texts.length).toBeGreaterThan(1);
      expect(texts.map((text) => text.split('In use, with critical findings').length - 1)).toEqual(
        texts.map((_, index) => (index === 0 ? 1 : 0)),
      );
      expect(texts[0]).toMatch(/web-1`? \(ami-1, eu-west-1\): a fix exists since 2026-10-03/);
      expect(texts[0]).toContain('- and 2 more');
      expect(texts.join('\n')).not.toContain('ami-other');
    }
    expect(slack.join('\n')).not.toContain('<!here>');
    expect(ownerMessages(told, true).flatMap(limitProblems)).toEqual([]);
  });

  it('are no word where their owner has none', () => {
    const [notice] = notices;
    const told = news(notice ? [{ ...notice, owner: 'team-db' }] : [], { critical });
    expect(JSON.stringify([plainMessages(told, 'x'), ownerMessages(told, true)])).not.toContain('critical findings');
  });
});

describe('what a person reads first', () => {
  const headOf = (message: OwnerMessage | undefined) => textsIn(message?.blocks).slice(0, 2).join('\n');

  it('are families and dates, with what they save; the images are in the thread, each under its own', () => {
    const [head, ...thread] = ownerMessages(news(manyNotices(120, 3), { audience: 'owner' }), true);
    for (const [index, day] of ['2026-12-21', '2026-12-22', '2026-12-23'].entries())
      expect(headOf(head)).toContain(
        `• \`app-${index}\` · 40 images, up to $16.00 a month · Deprecated. Will be deregistered on ${day}, not earlier.`,
      );
    expect(headOf(head)).toContain('Once gone, they save up to $48.00 a month.');
    expect(headOf(head)).toContain('The first 5 images follow here, the other 115 in the thread:');
    expect(head?.items).toHaveLength(5);
    expect(thread).toHaveLength(3);
    for (const { blocks, items } of thread) {
      let family = '';
      const under = textsIn(blocks).flatMap((text) => {
        family = /^`(app-\d)`/.exec(text)?.[1] ?? family;
        return imageIdsIn(text).map((id) => `${id} ${family}`);
      });
      expect(under).toEqual(items.map(({ notice }) => `${notice.imageId} ${notice.family}`));
    }
  });

  it.each([
    ['owner', 'Why you: the tag `Owner` is `team-web`.'],
    ['owners', 'Why you: the tag `Owner` leads to you, by several values.'],
    ['fallback', 'Why you: the tag `Owner` is missing, or leads to nobody else.'],
    ['everybody', 'Whose they are says the tag `Owner`.'],
  ] as const)('says which account, why it comes to them (%s) and how one comes back', (audience, why) => {
    const accountNames = new Map([[ABOUT.accountId, 'shop']]);
    const told = news([aNotice(1, WEB)], { audience, accountNames });
    const [slack] = ownerMessages(told, true);
    const [mail] = plainMessages(told, 'x');
    expect(headOf(slack)).toContain(
      `In account ${ABOUT.accountId} (\`shop\`). Once gone, they save up to $0.40 a month. ${why}`,
    );
    expect(mail?.text).toContain(`in account ${ABOUT.accountId} (shop)\n`);
    for (const text of [headOf(slack), mail?.text.replace('restore', '`ami-janitor restore`')])
      expect(text).toContain('`ami-janitor restore` brings one back');
    expect(mail?.text).toContain(why.replaceAll('`', ''));
    const [without] = ownerMessages({ ...told, undo: 'none' }, true);
    expect(headOf(without)).not.toContain('restore');
  });

  it('is `restore` where something is gone, never a tag on it', () => {
    const { accountId, runId } = ABOUT;
    const gone = {
      accountId,
      runId,
      imageId: 'ami-1',
      name: 'a',
      region: 'eu-west-1',
      sentence: 'It was deregistered.',
    };
    const of = (over: Partial<ActionNotice>, isOrganization = false) => {
      const items = [{ kind: 'action', notice: { ...gone, ...over } }] as const;
      return headOf(ownerMessages({ ...ABOUT, audience: 'owner', items, isOrganization }, true)[0]);
    };
    expect(of({ undo: 'restore' })).toContain(`\`ami-janitor restore ${runId} --region eu-west-1\``);
    expect(of({ undo: 'restore' }, true)).toContain(`\`ami-janitor restore ${runId} --organization\``);
    expect(of({ undo: 'restore' })).not.toContain('ami-janitor:keep');
    expect(of({})).not.toContain('ami-janitor');
    expect(of({ undo: 'keep' })).toContain('To have a disabled one back, set its tag `ami-janitor:keep`');
  });
});

describe('whatever stands in tags and names', () => {
  it.each(HOSTILE)('%j wakes nobody and leads nowhere', (text) => {
    const hostile = aNotice(1, { name: text, owner: text, why: text });
    expect(harm(ownerMessages(news([hostile]), true))).toEqual([]);
    const summary = { ...ABOUT, problems: [text, text], lines: [text] };
    expect(harm([platformMessage(summary)])).toEqual([]);
    const failed = { ...FAILED, requestId: text, functionName: text, region: text, why: [text] };
    expect(harm([failureMessage(failed)])).toEqual([]);
    expect(failureText(failed).split('\n')).toHaveLength(3);
    expect(failureText(failed)).not.toMatch(/@(channel|here|everyone)/i);
    expect(failureSubject(failed)).toMatch(/^[\x20-\x7e]{1,99}$/);
    const [plain] = plainMessages(news([hostile]), text);
    const [harmless] = plainMessages(news([aNotice(1, { owner: 'web' })]), 'web');
    expect(plain?.text.split('\n')).toHaveLength(harmless?.text.split('\n').length ?? 0);
    expect(plain?.text).not.toMatch(/@(channel|here|everyone)/i);
    expect(plain?.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });

  it('every message is within Slack’s limits, and shows every image once', () => {
    const word = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 256 }));
    tried({ numRuns: 60 }, fc.integer({ min: 1, max: 130 }), word, word, word, (count, name, owner, why) => {
      const notices = Array.from({ length: count }, (_, number) =>
        aNotice(number, { name, owner, why: why.repeat(9) }),
      );
      const messages = ownerMessages(news(notices), true);
      for (const message of messages) {
        expect(limitProblems(message)).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(message.blocks))).toBeLessThan(150_000);
        expect(message.blocks.length).toBeLessThanOrEqual(49);
        for (const text of textsIn(message.blocks)) expect(text.length).toBeLessThanOrEqual(3000);
      }
      const shown = messages.flatMap(({ blocks }) => textsIn(blocks).flatMap(imageIdsIn));
      expect(shown.sort()).toEqual(notices.map(({ imageId }) => imageId).sort());
      expect(messages.flatMap((message) => message.items)).toHaveLength(count);
    });
  });

  it.each(['`<!here>` @channel *b*', '&'.repeat(256)])(
    '%j in thousands of images of 780 owners and families keeps to Slack’s limits',
    (text) => {
      const critical = Array.from({ length: 20 }, (_, index) => ({
        ...ABOUT,
        imageId: `ami-${index}`,
        name: text,
        owner: text,
        region: 'r',
        fix: 'x',
      }));
      const notices = Array.from({ length: 3_120 }, (_, number) => {
        const family = `${number % 780}${text}`;
        return aNotice(number, {
          name: text,
          owner: number % 2 ? family : text,
          family,
          why: text.repeat(9),
          monthlyCostUpTo: 1,
        });
      });
      const accountNames = new Map([[ABOUT.accountId, text]]);
      const messages = ownerMessages(news(notices, { critical, accountNames, ownerTag: text.slice(0, 128) }), true);
      expect(messages.flatMap(limitProblems)).toEqual([]);
      // A line says who pressed a button.
      expect(Math.max(...messages.map(({ blocks }) => blocks.length))).toBeLessThanOrEqual(49);
      expect(messages.flatMap(({ items }) => items)).toHaveLength(notices.length);
      // Several lines stand in a paragraph here: the first is the introduction, a group or an image.
      const lines = (text: string) =>
        text.split('\n').map((line) => ({ type: 'section', text: { type: 'mrkdwn', text: line } }));
      const each = messages.map(({ text: title, blocks }) => ({ text: title, blocks: textsIn(blocks).flatMap(lines) }));
      expect(harm(each)).toEqual([]);
    },
  );

  it('a summary of ever so much is within Slack’s limits', () => {
    for (const text of HOSTILE) {
      const many = Array.from({ length: 500 }, () => text.repeat(20));
      expect(limitProblems(platformMessage({ ...ABOUT, problems: many, lines: many }))).toEqual([]);
      const failed = { ...FAILED, functionName: text.repeat(20), requestId: text.repeat(20), why: many };
      expect(limitProblems(failureMessage(failed))).toEqual([]);
      expect(Buffer.byteLength(failureText(failed))).toBeLessThan(262_144);
    }
  });
});

it('a button speaks of exactly the images that its message shows', () => {
  const notices = Array.from({ length: 100 }, (_, number) =>
    aNotice(number, { region: number % 3 === 0 ? 'us-east-1' : 'eu-west-1' }),
  );
  for (const { blocks, items: shown } of ownerMessages(news(notices), true)) {
    const [actions] = blocks.filter(({ type }) => type === 'actions');
    const values = actions?.type === 'actions' ? actions.elements.map((one) => ('value' in one ? one.value : '')) : [];
    expect(values).toHaveLength(3);
    for (const value of values) {
      const named = readButtonImages(value?.slice(value.indexOf(' ') + 1) ?? '');
      const wanted = shown.flatMap((item) =>
        item.kind === 'notice' ? [`${item.notice.region} ${item.notice.imageId}`] : [],
      );
      expect(named?.images.map(({ region, imageId }) => `${region} ${imageId}`).sort()).toEqual(wanted.sort());
    }
  }
});

it('a deprecation with a day of its own is said with it, and found again in the conversation by what was said', () => {
  const [notice] = itemsFor(undefined, [aNotice(1, { deprecated: false, deprecateAt: daysAgo(-7) })]).items;
  if (notice === undefined) throw new Error('no notice');
  const [message] = ownerMessages({ ...ABOUT, audience: 'owner', items: [notice] }, false);
  expect(textsIn(message?.blocks).join('\n')).toContain('Will be deprecated on 2026-11-28, deregistered on 2026-12-21');
  const before = new DeliveredBefore(true);
  for (const line of message?.itemLines ?? []) before.add(line, daysAgo(0));
  const later = aNotice(1, { deprecated: false, deprecateAt: daysAgo(-9), deregisterAt: daysAgo(-40) });
  expect(before.find({ kind: 'notice', notice: later })?.item.notice).toMatchObject({
    deprecateAt: daysAgo(-7),
    deregisterAt: daysAgo(-30),
  });
});

it('a button speaks of images in every partition’s Regions', () => {
  expect(readButtonImages('123456789012;eusc-de-east-1=0123456789abcdef0')).toEqual({
    accountId: '123456789012',
    images: [{ region: 'eusc-de-east-1', imageId: 'ami-0123456789abcdef0' }],
  });
});

it('without a signing secret, and in a dry run, there are no buttons', () => {
  expect(sent(ownerMessages(news([aNotice(1)]), false))).not.toContain('Keep 30');
  expect(sent(ownerMessages(news([aNotice(1)], { isDryRun: true }), true))).not.toContain('Keep 30');
});

describe('a preview of', () => {
  const file = (name: string) => `../../docs/slack/${name}.json`;
  const blocksOf = (message: { readonly blocks: readonly unknown[] } | undefined) =>
    `${JSON.stringify({ blocks: message?.blocks ?? [] }, null, 2)}\n`;

  it('an announcement with buttons', async () => {
    const notices = [
      ...[1, 3].map((number) => aNotice(number, { ...WEB, deprecated: false, disableAt: daysAgo(-14) })),
      aNotice(2, { ...WEB, region: 'us-east-1', isReminder: true, deregisterAt: daysAgo(-2) }),
    ];
    const accountNames = new Map([[ABOUT.accountId, 'shop-production']]);
    const [message] = ownerMessages(news(notices, { audience: 'owner', accountNames }), true);
    await expect(blocksOf(message)).toMatchFileSnapshot(file('announcement'));
  });

  it('the first of many, whose details are in its thread', async () => {
    const [message] = ownerMessages(news(manyNotices(140, 3), { audience: 'owner' }), true);
    await expect(blocksOf(message)).toMatchFileSnapshot(file('many'));
  });

  it('the fallback channel’s announcement', async () => {
    const [message] = ownerMessages(news([aNotice(1, { owner: 'left@example.com' }), aNotice(2)]), false);
    await expect(blocksOf(message)).toMatchFileSnapshot(file('fallback'));
  });

  it('what was done and what came back', async () => {
    const place = { accountId: ABOUT.accountId, region: 'eu-west-1', owner: 'web' };
    const items: Notification['items'] = [
      {
        kind: 'action',
        notice: {
          ...place,
          imageId: 'ami-00000000000000001',
          name: 'webapp-1',
          family: 'webapp/arm64',
          sentence: 'It was deregistered. Done; in the Recycle Bin until 2026-12-20.',
          undo: 'restore',
          runId: ABOUT.runId,
        },
      },
      {
        kind: 'action',
        notice: {
          ...place,
          imageId: 'ami-00000000000000002',
          name: 'webapp-2',
          family: 'webapp/arm64',
          sentence: 'It stays, and got back what deprecating took. Referenced by 1: ec2:LaunchTemplate lt-0abc "web".',
        },
      },
    ];
    const [message] = ownerMessages({ ...ABOUT, items, audience: 'owner' }, true);
    await expect(blocksOf(message)).toMatchFileSnapshot(file('done'));
  });

  it('a summary for the platform channel', async () => {
    const message = platformMessage({
      ...ABOUT,
      reportUrl: REPORT,
      problems: ['eu-west-1: instances could not be read, so every image is kept: access denied'],
      lines: ['eu-west-1: 180 images, 12 due.', 'Owners were told of 12 of 12 images.'],
    });
    await expect(blocksOf(message)).toMatchFileSnapshot(file('summary'));
  });

  it('a run that failed, told at once', async () => {
    await expect(blocksOf(failureMessage(FAILED))).toMatchFileSnapshot(file('failure'));
  });
});

it('the parts of an address reach whoever follows it', () => {
  const address = 'https://example.com/a?region=eu-west-1&lt;=1&prefix=b';
  const shown = sent(ownerMessages(news([aNotice(1)], { reportUrl: address }), false));
  expect(shown).toContain('<https://example.com/a?region=eu-west-1&amp;lt;=1&amp;prefix=b|open it>');
});
