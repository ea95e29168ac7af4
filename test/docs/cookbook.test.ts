import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { parsePolicy } from '../../src/policy/language/parse.ts';
import { problemText } from '../../src/validation/problem.ts';
import { AT, anAccount, anImage, imageId } from '../builders/account.ts';
import { imageNamed } from '../builders/journal.ts';

const PAGE = readFileSync('docs/cookbook.md', 'utf8');
const RECIPES = [...PAGE.matchAll(/^### (\d+)\. (.+)\n\n```yaml\n([\s\S]*?)^```$/gm)].map(
  ([, number = '', title = '', yaml = '']) => ({ number, title, yaml }),
);

type Wish = Parameters<typeof anImage>[0];
/** What becomes of an image. */
type Row = readonly [Wish, 'keep' | 'deprecate' | 'disable' | 'archive'];

const BASE = imageNamed('ami-0123456789abcdef0');
const web = { Family: 'web' };
const DISABLED: Wish = {
  ageDays: 500,
  state: 'disabled',
  tags: { Retention: '7y', 'ami-janitor:disabled-at': '2026-10-21T02:00:00.000Z' },
  snapshots: [1],
};
const families = (...ages: number[]): Wish[] => ages.map((ageDays) => ({ ageDays, tags: web }));

/** The images that prove each recipe, and what it decides over them. */
const PROOF: Readonly<Record<string, { readonly rows: readonly Row[]; readonly elsewhere?: string }>> = {
  1: {
    rows: [
      ...families(61, 70, 80).map((wish): Row => [wish, 'keep']),
      [{ ageDays: 90, tags: web }, 'deprecate'],
      [{ ageDays: 400, tags: web, lastLaunchedDaysAgo: 20 }, 'keep'],
      [{ ageDays: 400, tags: web, architecture: 'x86_64' }, 'keep'],
      [{ ageDays: 400 }, 'keep'],
    ],
  },
  2: {
    rows: [
      [{ ageDays: 8, tags: { Environment: 'dev', Branch: 'a' } }, 'keep'],
      [{ ageDays: 9, tags: { Environment: 'pr-12', Branch: 'a' } }, 'deprecate'],
      [{ ageDays: 9, tags: { Environment: 'sandbox' } }, 'keep'],
      [{ ageDays: 9, tags: { Environment: 'prod', Branch: 'a' } }, 'keep'],
    ],
  },
  3: {
    rows: [
      [{ tags: { ExpiresOn: '2026-11-20' } }, 'deprecate'],
      [{ tags: { ExpiresOn: '2026-11-21' } }, 'keep'],
      [{ tags: { ExpiresOn: 'soon' } }, 'keep'],
    ],
  },
  4: {
    rows: [
      [{ ageDays: 31, tags: { TTL: '30' } }, 'deprecate'],
      [{ ageDays: 13, tags: { TTL: '2w' } }, 'keep'],
      [{ ageDays: 99, tags: { TTL: '0' } }, 'keep'],
    ],
  },
  5: {
    rows: [
      ...[10, 20, 30, 40].map((ageDays): Row => [{ ageDays, name: 'web-a' }, 'keep']),
      [{ ageDays: 366, name: 'web-b' }, 'deprecate'],
      [{ ageDays: 400, name: 'web-c' }, 'deprecate'],
    ],
  },
  6: {
    rows: [
      [{ ageDays: 900, tags: { Pipeline: 'p', Stage: 'golden' } }, 'keep'],
      [{ ageDays: 31, tags: { Pipeline: 'p', Stage: 'test' } }, 'deprecate'],
    ],
  },
  7: {
    rows: [
      [{ ageDays: 1, name: 'app-4' }, 'keep'],
      [{ ageDays: 2, name: 'app-3' }, 'keep'],
      [{ ageDays: 3, name: 'app-2' }, 'deprecate'],
      [{ ageDays: 4, name: 'app-1-release' }, 'keep'],
      [{ ageDays: 5, name: 'app-0-lts-arm' }, 'keep'],
    ],
  },
  8: {
    rows: [
      [{ ageDays: 91, tags: { LegalHold: 'pending' } }, 'keep'],
      [{ ageDays: 91, tags: { ComplianceYear: '2025' } }, 'keep'],
      [{ ageDays: 91, name: 'forensic-7' }, 'keep'],
      [{ ageDays: 91, tags: { LegalHold: 'false' } }, 'deprecate'],
    ],
  },
  9: {
    rows: [
      ...[1, 2, 3, 4, 5].map((ageDays): Row => [{ ageDays, tags: { Tier: 'production' } }, 'keep']),
      [{ ageDays: 300, tags: { Tier: 'production' }, lastLaunchedDaysAgo: 179 }, 'keep'],
      [{ ageDays: 300, tags: { Tier: 'production' }, lastLaunchedDaysAgo: 181 }, 'deprecate'],
    ],
  },
  10: {
    rows: [
      [{ ageDays: 15 }, 'keep'],
      [{ ageDays: 16 }, 'keep'],
      [{ ageDays: 17 }, 'deprecate'],
    ],
    elsewhere: '444455556666',
  },
  11: {
    rows: [
      [{ ageDays: 1, sourceImageId: imageId(35) }, 'keep'],
      [{ ageDays: 1, sourceImageId: BASE }, 'deprecate'],
      [{ ageDays: 1, sourceImageId: BASE, lastLaunchedDaysAgo: 3 }, 'keep'],
    ],
  },
  12: {
    rows: [
      [{ number: 1, ageDays: 10, tags: web }, 'keep'],
      [{ number: 2, ageDays: 100, tags: web, sourceImageId: imageId(1) }, 'keep'],
      [{ number: 3, ageDays: 100, tags: web }, 'deprecate'],
      [{ number: 4, ageDays: 90, tags: web, sourceImageId: imageId(3) }, 'deprecate'],
    ],
  },
  13: {
    rows: [
      [{ ageDays: 181 }, 'deprecate'],
      [{ ageDays: 179 }, 'keep'],
      [{ ageDays: 181, tags: { Owner: 'ann' } }, 'keep'],
      [{ ageDays: 181, lastLaunchedDaysAgo: 300 }, 'keep'],
    ],
  },
  14: {
    rows: [
      [{ ageDays: 364, tags: { Retention: '7y' } }, 'keep'],
      [{ ageDays: 366, tags: { Retention: '7y' } }, 'deprecate'],
      [{ ageDays: 500, deprecatedDaysAgo: 60, tags: { Retention: '7y' } }, 'disable'],
      [{ ...DISABLED, deprecatedDaysAgo: 59 }, 'keep'],
      [{ ...DISABLED, deprecatedDaysAgo: 60 }, 'archive'],
    ],
  },
};

/** The policy of a recipe over some images, in an account. */
function decided(yaml: string, wishes: readonly Wish[], accountId?: string): string[] {
  const parsed = parsePolicy(yaml, 'docs/cookbook.md');
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join('\n'));
  const account = anAccount({ images: wishes.map((wish, index) => anImage({ number: index + 1, ...wish })) });
  const target = { ...account.target, ...(accountId && { accountId }) };
  const images = account.images.map((image) => ({ ...image, ownerId: target.accountId }));
  return decideImages({ ...account, target, images }, parsed.policy, AT).map(({ decision }) => decision);
}

describe('docs/cookbook.md', () => {
  it('has a proof for each recipe', () => {
    expect(RECIPES.map(({ number }) => number)).toEqual(Object.keys(PROOF));
    expect(PAGE.match(/^### /gm)).toHaveLength(RECIPES.length);
  });

  it.each(RECIPES)('$number. $title', ({ number, yaml }) => {
    const { rows, elsewhere } = PROOF[number] ?? { rows: [] };
    const wishes = rows.map(([wish]) => wish);
    expect(decided(yaml, wishes)).toEqual(rows.map(([, decision]) => decision));
    if (elsewhere) expect(new Set(decided(yaml, wishes, elsewhere))).toEqual(new Set(['keep']));
  });
});
