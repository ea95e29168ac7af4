import type { Image } from '@aws-sdk/client-ec2';
import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, type ImageWish, image } from './scenery.ts';

/** An image by name: its age in days, what it carries, and what EC2 says of it. */
type Row = readonly [
  name: string,
  ageDays: number,
  tags?: Readonly<Record<string, string>>,
  wish?: Partial<ImageWish>,
  given?: Partial<Image>,
];

const WITHDRAWN = 'ami-0123456789abcdef0';
const web = { Family: 'web' };
const production = { Tier: 'production' };
const since = deprecation('careful', 90);
const records = { Retention: '7y' };
const disabled = { ...records, 'ami-janitor:disabled-at': '2026-10-22T02:00:00.000Z' };
const recorded = deprecation('records', 6 * 365);
/** Disabled, and made from an image that nothing else was made from. */
const alone = (digit: string) => ({ State: 'disabled' as const, SourceImageId: `ami-0000000000000000${digit}` });

/** A small account for each policy of docs/cookbook.md, by its folder below `examples/cookbook/`, in their order. */
const ACCOUNTS: Readonly<Record<string, readonly Row[]>> = {
  '01-families': [
    ['web-9', 61, web],
    ['web-8', 70, web],
    ['web-7', 80, web],
    ['web-6', 90, web],
    ['web-5', 400, web, { launchedDaysAgo: 20 }],
    ['web-arm', 400, web, {}, { Architecture: 'arm64' }],
    ['by-hand', 400],
  ],
  '02-short-lived': [
    ['a-2', 8, { Environment: 'dev', Branch: 'a' }],
    ['a-1', 9, { Environment: 'pr-12', Branch: 'a' }],
    ['no-branch', 9, { Environment: 'sandbox' }],
    ['a-prod', 9, { Environment: 'prod', Branch: 'a' }],
  ],
  '03-until-a-date': [
    ['ended-yesterday', 40, { ExpiresOn: '2026-11-20' }],
    ['ends-today', 40, { ExpiresOn: '2026-11-21' }],
    ['unreadable', 40, { ExpiresOn: 'soon' }],
    ['without', 40],
  ],
  '04-time-to-live': [
    ['thirty-days', 31, { TTL: '30' }],
    ['two-weeks', 13, { TTL: '2w' }],
    ['none', 99, { TTL: '0' }],
    ['without', 99],
  ],
  '05-five-for-a-year': [
    ...[10, 20, 30, 40].map((ageDays): Row => [`web-${ageDays}`, ageDays]),
    ['web-366', 366],
    ['web-400', 400],
    ['api-400', 400],
    ['api-500', 500],
  ],
  '06-golden': [
    ['golden', 900, { Pipeline: 'p', Stage: 'golden' }],
    ['tested', 31, { Pipeline: 'p', Stage: 'test' }],
    ['fresh', 29, { Pipeline: 'p', Stage: 'test' }],
    ['by-hand', 900],
  ],
  '07-but-for-names': [
    ['app-4', 1],
    ['app-3', 2],
    ['app-2', 3],
    ['app-1-release', 4],
    ['app-0-lts-arm', 5],
  ],
  '08-holds': [
    ['pending', 91, { LegalHold: 'pending' }],
    ['compliance', 91, { ComplianceYear: '2025' }],
    ['forensic-7', 91],
    ['released', 91, { LegalHold: 'false' }],
  ],
  '09-trial-absence': [
    ...[1, 2, 3, 4, 5].map((ageDays): Row => [`prod-${ageDays}`, ageDays, production]),
    ['prod-launched', 300, production, { launchedDaysAgo: 179 }],
    ['prod-unused', 300, production, { launchedDaysAgo: 181 }],
    ['prod-deprecated', 400, production, since(31)],
  ],
  '10-all-accounts': [
    ...[1, 2, 3, 4, 5, 13].map((ageDays): Row => [`build-${20 - ageDays}`, ageDays]),
    ['build-6', 14],
    ['build-5', 15],
  ],
  '11-withdrawn-base': [
    ['other-base', 1, {}, {}, { SourceImageId: 'ami-0fedcba9876543210' }],
    ['heir', 9, {}, {}, { SourceImageId: WITHDRAWN }],
    ['heir-launched', 9, {}, { launchedDaysAgo: 3 }, { SourceImageId: WITHDRAWN }],
    ['by-hand', 9],
  ],
  '12-copies': [
    ['original', 10, web],
    ['copy', 100, web],
    ['old-original', 100, web],
    ['old-copy', 90, web],
    ...[1, 2, 3, 4].map((ageDays): Row => [`young-${ageDays}`, ageDays, web]),
  ],
  '13-untagged': [
    ['old', 181],
    ['younger', 179],
    ['owned', 181, { Owner: 'ann' }],
    ['launched', 181, {}, { launchedDaysAgo: 300 }],
  ],
  '14-archived': [
    ...[10, 20, 30, 40].map((ageDays): Row => [`app-${ageDays}`, ageDays, records]),
    ['app-unused', 400, records],
    ['app-deprecated', 400, records, recorded(31)],
    ['app-disabled', 400, disabled, recorded(45), alone('1')],
    ['app-to-archive', 500, disabled, recorded(61), alone('2')],
    ['app-of-a-pipeline', 600, disabled, recorded(70), { ...alone('3') }],
    ['app-next-of-it', 50, records, {}, { ...alone('3'), State: 'available' }],
  ],
};

/** What each copy was made from. */
const COPIES: Readonly<Record<string, string>> = { copy: 'original', 'old-copy': 'old-original' };

export const RECIPES = Object.keys(ACCOUNTS);

/** The account of a recipe. */
export function cookbook(recipe: string): (draft: Draft) => void {
  return (draft) => {
    const made = new Map<string, string>();
    for (const [name, ageDays, tags = {}, wish = {}, given = {}] of ACCOUNTS[recipe] ?? []) {
      const SourceImageId = made.get(COPIES[name] ?? '');
      const { ImageId } = image(
        draft,
        name,
        { ageDays, tags, ...wish },
        { ...given, ...(SourceImageId && { SourceImageId }) },
      );
      made.set(name, ImageId);
    }
  };
}
