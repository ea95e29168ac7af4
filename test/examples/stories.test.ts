import { expect, it } from 'vitest';
import * as z from 'zod';
import { EXAMPLES, type Example, planExample } from '../../scripts/examples/examples.ts';

const decided = z.object({ decision: z.string(), reasons: z.array(z.object({ code: z.string() })) });
const report = z.object({
  images: z.array(decided.extend({ name: z.string() })),
  snapshots: z.array(decided),
});

/** What must become of each image, and the first reason, by the image's name. */
const STORIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'golden-images': {
    'webapp-arm64-120': 'keep: referenced',
    'webapp-arm64-119': 'keep: newest-of-group',
    'webapp-arm64-118': 'keep: newest-of-group',
    'webapp-arm64-117': 'keep: referenced',
    'webapp-arm64-116': 'deprecate: unreferenced',
    'webapp-arm64-115': 'keep: launched-within',
    'webapp-arm64-114': 'keep: waiting',
    'webapp-arm64-113': 'disable: deprecated-for',
    'webapp-arm64-112': 'deregister: deprecated-for',
    'webapp-arm64-111': 'reinstate: referenced',
    'webapp-x86-44': 'keep: newest-of-group',
    'webapp-x86-43': 'keep: newest-of-group',
    'webapp-x86-42': 'keep: newest-of-group',
    'webapp-x86-41': 'deprecate: unreferenced',
    'api-arm64-33': 'keep: disabled-by-others',
    'api-arm64-32': 'keep: newest-of-group',
    'api-arm64-31': 'keep: newest-of-group',
    'api-arm64-30': 'keep: newest-of-group',
    'api-arm64-29': 'keep: deregistration-protection',
    'forensics-2025-03': 'keep: no-rule',
  },
  'ci-scratch': {
    'ci-main-4f2a91c': 'keep: newest-of-group',
    'ci-main-b7710de': 'deprecate: unreferenced',
    'ci-main-09ac3f2': 'deprecate: unreferenced',
    'ci-login-form-77aa012': 'keep: newest-of-group',
    'ci-login-form-5d10bb9': 'deprecate: unreferenced',
    'ci-login-form-c0ffee1': 'keep: referenced',
    'ci-payments-1234abc': 'keep: newest-of-group',
    'ci-payments-2234abc': 'keep: keep-tag',
    'ci-payments-3234abc': 'deprecate: unreferenced',
    'ci-payments-4234abc': 'keep: keep-tag-unreadable',
    'ci-payments-5234abc': 'deregister: deprecated-for',
    'ci-search-aaaaaa1': 'deregister: deprecated-for',
    'ci-search-aaaaaa2': 'keep: newest-of-group',
    'ci-test': 'keep: group-unknown',
    'ci-runner-2026-10': 'keep: no-rule',
  },
  'expiry-tags': {
    'load-test': 'deprecate: unreferenced',
    'demo-for-friday': 'keep: not-expired',
    'ends-today': 'keep: not-expired',
    'ended-yesterday': 'deprecate: unreferenced',
    'with-a-zone': 'deprecate: unreferenced',
    'next-tuesday': 'keep: expiry-unreadable',
    'day-first': 'keep: expiry-unreadable',
    'thirtieth-of-february': 'keep: expiry-unreadable',
    'expired-and-in-use': 'keep: referenced',
    'expired-long-ago': 'deregister: deprecated-for',
    extended: 'reinstate: not-expired',
    'forgot-the-tag': 'keep: no-action-in-rule',
  },
  'dr-copies': {
    'billing-9-copy': 'keep: newest-of-group',
    'billing-8-copy': 'keep: newest-of-group',
    'billing-7-copy': 'keep: copy-source-unknown',
    'billing-6-copy': 'keep: copy-source-unknown',
    'billing-5-copy': 'keep: copy-source-unknown',
    'billing-4-copy': 'deprecate: unreferenced',
    'billing-3-copy': 'deregister: deprecated-for',
    'gateway-6': 'keep: newest-of-group',
    'gateway-5': 'keep: newest-of-group',
    'gateway-4': 'keep: referenced',
    'gateway-3': 'deprecate: unreferenced',
    'gateway-6-own-key': 'keep: copy-of-kept',
    'gateway-5-own-key': 'keep: copy-of-kept',
    'gateway-4-own-key': 'keep: copy-of-kept',
    'gateway-3-own-key': 'deprecate: unreferenced',
    'gateway-1-own-key': 'keep: copy-source-unknown',
  },
  'compliance-holds': {
    'ledger-2026-q3': 'keep: younger-than',
    'ledger-2025-q4': 'keep: protected-tag',
    'ledger-2025-q3': 'keep: protected-tag',
    'ledger-2025-q2': 'keep: protected-tag',
    'ledger-2025-q1': 'keep: protected-tag',
    'ledger-evidence': 'keep: protected-image',
    'ledger-2024-q4': 'keep: keep-tag',
    'ledger-2024-q3': 'keep: keep-tag',
    'ledger-2024-q2': 'keep: deregistration-protection',
    'AwsBackup_i-0123456789abcdef0': 'keep: managed',
    'ledger-2024-q1': 'deregister: deprecated-for',
    'ledger-2023-q4': 'deregister: deprecated-for',
    'ledger-2023-q3': 'reinstate: protected-tag',
  },
  'packer-pipeline': {
    'base-20261101': 'keep: newest-of-group',
    'web-20261101': 'keep: newest-of-group',
    'worker-20261101': 'keep: newest-of-group',
    'base-20261001': 'keep: newest-of-group',
    'web-20261001': 'keep: newest-of-group',
    'worker-20261001': 'keep: newest-of-group',
    'base-20260901': 'deprecate: unreferenced',
    'web-20260901': 'deprecate: unreferenced',
    'worker-20260901': 'keep: referenced',
    'base-20260801': 'keep: referenced',
    'web-20260801': 'keep: referenced',
    'worker-20260801': 'keep: referenced',
    'base-20260701': 'deprecate: unreferenced',
    'web-20260701': 'deprecate: unreferenced',
    'worker-20260701': 'keep: referenced',
    'base-20260601': 'deprecate: unreferenced',
    'web-20260601': 'deprecate: unreferenced',
    'worker-20260601': 'keep: referenced',
    packer_01J9Z: 'keep: group-unknown',
    'base-20260601-manual': 'keep: no-rule',
  },
  'image-builder-pipeline': {
    'hardened-linux 2026-11-19T00-00-00Z': 'keep: referenced',
    'hardened-linux 2026-11-12T00-00-00Z': 'keep: newest-of-group',
    'hardened-linux 2026-11-05T00-00-00Z': 'keep: newest-of-group',
    'hardened-linux 2026-10-29T00-00-00Z': 'keep: newest-of-group',
    'hardened-linux 2026-10-22T00-00-00Z': 'deprecate: unreferenced',
    'hardened-linux 2026-08-13T00-00-00Z': 'deprecate: unreferenced',
    'hardened-linux 2026-07-02T00-00-00Z': 'keep: referenced',
    'hardened-linux 2026-02-12T00-00-00Z': 'keep: referenced',
    'windows-2022 2026-11-12T00-00-00Z': 'keep: newest-of-group',
    'windows-2022 2026-09-17T00-00-00Z': 'keep: newest-of-group',
    'windows-2022 2026-08-20T00-00-00Z': 'keep: newest-of-group',
    'windows-2022 2026-07-23T00-00-00Z': 'keep: newest-of-group',
    'windows-2022 2026-06-18T00-00-00Z': 'deprecate: unreferenced',
    'windows-2022 2026-03-01T00-00-00Z': 'deregister: deprecated-for',
    'windows-2022 by hand': 'keep: no-rule',
    'windows-2022 in progress': 'keep: state',
    'windows-2022 failed': 'keep: state',
  },
  'central-account': {
    'company-base-2026-11': 'keep: shared',
    'company-base-2026-10': 'keep: shared',
    'company-base-2026-07': 'keep: shared',
    'company-base-2026-04': 'keep: shared',
    'company-base-2026-01': 'keep: shared',
    'company-base-2025-10': 'keep: shared',
    'company-base-2025-07': 'deprecate: unreferenced',
    'company-base-2025-04': 'deprecate: unreferenced',
    'company-base-2025-01': 'keep: public',
    'company-base-2024-10': 'deregister: deprecated-for',
    'company-base-2024-07': 'reinstate: shared',
  },
  organization: {
    'company-base-2026-11': 'keep: newest-of-group',
    'company-base-2026-10': 'keep: newest-of-group',
    'company-base-2026-07': 'keep: referenced',
    'company-base-2026-04': 'keep: referenced',
    'company-base-2026-01': 'keep: used-elsewhere',
    'company-base-2025-10': 'deprecate: unreferenced',
    'company-base-2025-07': 'keep: consumer-unread',
    'company-base-2025-04': 'deprecate: unreferenced',
    'company-base-2025-01': 'keep: usage-unknown',
    'company-base-2024-10': 'keep: usage-report-too-early',
    'company-base-2024-07': 'deregister: deprecated-for',
    'company-base-2024-04': 'reinstate: referenced',
    'company-base-2024-01': 'keep: consumer-unread',
  },
  'report-only': {
    'prod-final-v2': 'keep: referenced',
    'server backup before upgrade': 'keep: referenced',
    'server backup before upgrade (2)': 'keep: no-action-in-rule',
    test: 'keep: no-action-in-rule',
    test2: 'keep: no-action-in-rule',
    'Johns image': 'keep: no-action-in-rule',
    'webapp-1': 'keep: no-action-in-rule',
    'webapp-2': 'keep: no-action-in-rule',
    'webapp-3': 'keep: younger-than',
    imported: 'keep: no-action-in-rule',
  },
  'left-behind-snapshots': {
    'files-7': 'keep: no-rule',
    'files-6': 'keep: no-rule',
    'files-5': 'keep: disabled-by-others',
  },
};

/** How many snapshots are decided so, by decision and first reason. */
const SNAPSHOTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'golden-images': { 'delete: image-deregistered': 1, 'keep: mapped': 19 },
  // Of the three that deregistered images map, one is mapped by another image as well.
  'ci-scratch': { 'delete: image-deregistered': 1, 'keep: mapped': 13 },
  'compliance-holds': {
    'delete: image-deregistered': 1,
    'delete: orphan-past-grace': 1,
    'keep: locked': 1,
    'keep: mapped': 11,
    'keep: protected-tag': 1,
  },
  'left-behind-snapshots': {
    'delete: left-behind': 1,
    'delete: orphan-past-grace': 1,
    'keep: fast-snapshot-restore': 1,
    'keep: image-in-recycle-bin': 1,
    'keep: keep-tag': 1,
    'keep: managed': 1,
    'keep: mapped': 3,
    'keep: not-of-an-image': 2,
    'keep: orphan-unmarked': 2,
    'keep: orphan-waiting': 1,
    'keep: shared': 1,
  },
};

const told = ({ decision, reasons }: z.infer<typeof decided>) => `${decision}: ${reasons[0]?.code}`;

const planOf = async (example: Example) => report.parse(JSON.parse(await planExample(example, 'json')));

it.each(EXAMPLES)('examples/$name decides each image as its story goes', async (example) => {
  const { images } = await planOf(example);
  expect(Object.fromEntries(images.map((image) => [image.name, told(image)]))).toEqual(STORIES[example.name]);
});

const withSnapshots = EXAMPLES.filter(({ name }) => SNAPSHOTS[name] !== undefined);
it.each(withSnapshots)('examples/$name decides its snapshots as its story goes', async (example) => {
  const groups = Map.groupBy((await planOf(example)).snapshots, told);
  const counts = Object.fromEntries([...groups].map(([what, group]) => [what, group.length]));
  expect(counts).toEqual(SNAPSHOTS[example.name]);
});
