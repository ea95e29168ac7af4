import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/model/notice.ts';
import { readButtonImages } from '../../src/notify/button-value.ts';
import type { SlackMessage } from '../../src/notify/message.ts';
import { type Notification, plainMessages } from '../../src/notify/notifications.ts';
import { type OwnerMessage, ownerMessages } from '../../src/notify/owner-messages.ts';
import { failureMessage, failureSubject, failureText, platformMessage } from '../../src/notify/platform-message.ts';
import { daysAgo } from '../builders/account.ts';
import { ABOUT, aNotice, imageIdsIn, itemsFor } from '../builders/notices.ts';
import { problemsOf, textsIn } from './slack-server.ts';

const REPORT = 'https://reports.example.com/latest/report.html';

const limitProblems = ({ text, blocks }: SlackMessage) => problemsOf(text, blocks, JSON.stringify({ text, blocks }));

function news(notices: readonly Notice[], over: Partial<Notification> = {}): Notification {
  return {
    ...ABOUT,
    items: itemsFor(notices[0]?.owner, notices).items,
    showsOwners: true,
    reportUrl: REPORT,
    ...over,
  };
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
    expect(plain?.text.split('\n')).toHaveLength(5);
    expect(plain?.text).not.toMatch(/@(channel|here|everyone)/i);
    expect(plain?.subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  });

  it('every message is within Slack’s limits, and shows every image once', () => {
    const word = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 256 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), word, word, word, (count, name, owner, why) => {
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
      }),
      { numRuns: 60 },
    );
  });

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
      aNotice(1, { deprecated: false, disableAt: daysAgo(-14) }),
      aNotice(2, { region: 'us-east-1', isReminder: true, deregisterAt: daysAgo(-2) }),
    ];
    const [message] = ownerMessages(news(notices, { showsOwners: false }), true);
    await expect(blocksOf(message)).toMatchFileSnapshot(file('announcement'));
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
          sentence: 'It was deregistered. Done; in the Recycle Bin until 2026-12-20.',
        },
      },
      {
        kind: 'action',
        notice: {
          ...place,
          imageId: 'ami-00000000000000002',
          name: 'webapp-2',
          sentence: 'It stays, and got back what deprecating took. Referenced by 1: ec2:LaunchTemplate lt-0abc "web".',
        },
      },
    ];
    const [message] = ownerMessages({ ...ABOUT, items, showsOwners: false }, true);
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
