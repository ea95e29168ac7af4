import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { ImageIdSearch, imageIdsIn } from '../../src/model/ids.ts';
import { tried } from '../builders/tried.ts';

const SHORT = 'ami-1a2b3c4d';
const LONG = 'ami-0123456789abcdef0';

describe('an image id in a text', () => {
  test.each([
    ['alone', '§'],
    ['after an escaped line break', 'images:\\n§\\n§\\r\\n'],
    ['after an escaped tab', '\\t§\\t'],
    ['after a unicode escape', '\\u000a§\\u000a'],
    ['between underscores', 'old_§_backup'],
    ['after letters and digits', 'xami§ 9§'],
    ['in a percent-encoded link', '?q=%22§%22&r=%20§'],
    ['in an ARN', 'arn:aws:ec2:eu-west-1::image/§'],
    ['before another word', '§xyz and §-old and §.'],
    ['in JSON in JSON', String.raw`{\\\"ImageId\\\":\\\"§\\\"}`],
    ['as UTF-16', [...'"§"'].join('\0')],
  ])('is found %s', (_, pattern) => {
    for (const id of [SHORT, LONG]) {
      const text = pattern === '"\0§\0"' ? [...`"${id}"`].join('\0') : pattern.replaceAll('§', id);
      expect(imageIdsIn(text)).toEqual([id]);
    }
  });

  test.each([
    ['percent-encoded', 'ami%2D1A2B3C4D'],
    ['percent-encoded twice', 'ami%252d1a2b3c4d'],
    ['escaped', String.raw`ami\u002d1a2b3c4d`],
    ['escaped in an escaped text', String.raw`ami\\u002d1a2b3c4d`],
    ['as HTML', 'ami&#45;1a2b3c4d'],
    ['set by a word processor', 'ami‑1a2b3c4d'],
    ['in capitals', 'AMI-1A2B3C4D'],
  ])('is found with its hyphen %s', (_, text) => {
    expect(imageIdsIn(text)).toEqual([SHORT]);
  });

  it('is found right before another', () => {
    expect(imageIdsIn(`${SHORT}${LONG}`)).toEqual([SHORT, LONG]);
  });

  it('is not seen where there is none', () => {
    expect(imageIdsIn('ami-1a2b3c4 ami-xyz gami- ami 1a2b3c4d amigo-1a2b3c4d')).toEqual([]);
  });
});

const digits = (length: number) =>
  fc.array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length }).map((all) => all.join(''));
const anId = fc.oneof(digits(8), digits(17)).map((hex) => `ami-${hex}`);
const surroundings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...String.raw`\ntru000a_%22-ami0f"'<>/. `), maxLength: 30 }),
);

describe('whatever stands around it', () => {
  it('is found, in whatever case and wherever the text is cut', () => {
    const cut = fc.array(fc.nat({ max: 200 }), { maxLength: 6 });
    tried({ numRuns: 2000 }, surroundings, anId, surroundings, fc.boolean(), cut, (before, id, after, upper, cuts) => {
      // Nine more digits make another id of it.
      fc.pre(!(id.length === 12 && /^[0-9a-f]{9}(?![0-9a-f])/i.test(after.replaceAll('\0', ''))));
      const text = before + (upper ? id.toUpperCase() : id) + after;
      const search = new ImageIdSearch();
      let at = 0;
      for (const next of [...cuts.sort((a, b) => a - b), text.length]) {
        search.add(text.slice(at, next));
        at = Math.max(at, next);
      }
      const found = search.end();
      expect(found).toContain(id);
      expect(found).toEqual(imageIdsIn(text));
    });
  });
});
