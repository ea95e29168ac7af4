import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { describe, expect, test } from 'vitest';
import { csvText, htmlText, markdownText, mrkdwn, visible } from '../../src/text/untrusted.ts';

const NASTY = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '=cmd()',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  'x;=cmd()',
  '＝cmd()',
  '|',
  '\n| a | b |\n',
  '`code`',
  '``` \n',
  '[link](javascript:alert(1))',
  '![image](https://example.com/x.png)',
  'https://example.com www.example.com a@example.com',
  '@everyone #1',
  '**bold** _em_ ~~del~~ $x$',
  '&lt;b&gt; &amp; &#60;',
  '\\',
  '\u202Egnp.exe',
  '\u2066hidden\u2069',
  '\u001b[31mred\u001b[0m\u0007',
  '\u009b31m',
  '\ud800',
  '\u2028',
  'x'.repeat(255),
  "';--",
  '<!-- -->',
  '1. one',
  '# heading',
  '',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' })), { maxLength: 4 })
  .map((parts) => parts.join(''));

/** What a browser shows of harmless HTML. */
function shown(html: string): string {
  const named: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&' };
  return html
    .replace(
      /&(?:#(\d+)|(\w+));/g,
      (whole, code, name) => named[name] ?? (code ? String.fromCodePoint(Number(code)) : whole),
    )
    .replace(/\u200b/g, '');
}

test('visible text is one line without anything unseen, and plain text stays itself', () => {
  fc.assert(fc.property(hostile, (text) => !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(visible(text))));
  expect(visible('webapp été 漢字 שלום 🚀')).toBe('webapp été 漢字 שלום 🚀');
  expect(visible('a\nb\u202Ec\u001b[31m')).toBe('a\\nb\\u{202e}c\\e[31m');
});

test('HTML text holds no markup and reads the same', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(htmlText(text)).not.toMatch(/[<>"']/);
      expect(shown(htmlText(text))).toBe(visible(text));
    }),
  );
});

describe('Markdown text', () => {
  const render = (source: string) => micromark(source, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });

  test('comes out of a table cell as text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const html = render(`| a | b |\n| - | - |\n| ${markdownText(text)} | end |\n`);
        const cells = [...html.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => shown(cell ?? '').trim());
        expect(cells).toEqual([visible(text).trim(), 'end']);
      }),
    );
  });

  test('comes out of a list item and of a quote as text', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(visible(text).trim() !== '');
        expect(shown(render(`- ${markdownText(text)}`).replace(/<\/?(ul|li)>\n?/g, '')).trim()).toBe(
          visible(text).trim(),
        );
      }),
    );
  });

  test('names nobody and no issue', () => {
    expect(markdownText('@everyone #1')).not.toMatch(/@everyone|#1/);
  });
});

describe('CSV text', () => {
  test('starts no formula, comes back as one cell', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const cell = csvText(text);
        expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
        expect(cell).not.toMatch(/;\s*[=+\-@]/u);
        expect(parse(`"${cell.replaceAll('"', '""')}"\n`)).toEqual([[cell]]);
      }),
    );
  });

  test.each([
    ['=cmd()', "'=cmd()"],
    [' =cmd()', "' =cmd()"],
    ['\t=1', "'\\t=1"],
    ['a=b', 'a=b'],
    ['a;=b', "a;'=b"],
    ['ami-0abc', 'ami-0abc'],
  ])('%j becomes %j', (text, cell) => expect(csvText(text)).toBe(cell));
});

describe('mrkdwn', () => {
  /** What people see and copy: Slack takes off the signs of code, and reads entities. */
  const copied = (text: string) =>
    text
      .replace(/`([^`]*)`/g, '$1')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&');

  test.each(['my_template *x* ~/bin', 'arn:aws:ssm:…:parameter/golden_ami', 'a & b <c>', '__init__', '&lt;_x_&gt;'])(
    'what is copied from “%s” is the text',
    (text) => expect(copied(mrkdwn(text))).toBe(text),
  );

  test('formats nothing of anyone’s: what would format stands as code, and code ends where it began', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a*_~` <>&@') }), (text) => {
        const shown = mrkdwn(text);
        expect(shown.replace(/(?<=^|\s)`[^`\s]+`(?=\s|$)/g, '')).not.toMatch(/[*_~`<>]/);
      }),
    );
  });

  test('takes as long for a long word as for many short ones', () => {
    const started = performance.now();
    mrkdwn('&'.repeat(100_000), 100_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
