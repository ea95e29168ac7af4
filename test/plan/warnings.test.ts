import { expect, test } from 'vitest';
import type { ImageId } from '../../src/model/ids.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { decideImages } from '../../src/policy/decision/decide-images.ts';
import { lifecycleFindings } from '../../src/policy/lint/lifecycle-findings.ts';
import { policyFindings } from '../../src/policy/lint/policy-findings.ts';
import { AT, anAccount, anImage, aSnapshot, imageId } from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';

const NOTIFY = 'notify: { slack: { webhook: "ssm:hook" } }';
const KEEP = 'keep: { newest: 1 }, deprecate: {}';

const UNTOLD = { '': 'There is no notify section: images are deregistered without telling their owners.' };
const UNDO = 'undo is none: what is removed is not looked for in the Recycle Bin, and may be gone for good.';
const ARCHIVES = `${KEEP}, disable: { after: 14d }, archive: { after: 30d }`;

test.each<[rule: string, rest: string, expected: Readonly<Record<string, string>>]>([
  [KEEP, '', {}],
  [`${KEEP}, disable: { after: 7d }, deregister: { after: 8d }`, NOTIFY, {}],
  [
    `${KEEP}, disable: { after: 1d }, deregister: { after: 1d }`,
    'undo: recycle-bin',
    {
      'rules.0.disable.after':
        'Rule "all": disable.after 1d is over when deregister.after 1d is: images go without having been disabled first.',
      ...UNTOLD,
    },
  ],
  [
    `${KEEP}, deregister: { after: 0d }`,
    NOTIFY,
    { 'rules.0.deregister.after': 'Rule "all": deregister.after is 0: nobody has time to object.' },
  ],
  [
    `${KEEP}, disable: { after: 0d }`,
    '',
    { 'rules.0.disable.after': 'Rule "all": disable.after is 0: nobody has time to object.' },
  ],
  [
    `${KEEP}, disable: { after: 0d }, archive: { after: 0d }`,
    '',
    {
      'rules.0.disable.after': 'Rule "all": disable.after is 0: nobody has time to object.',
      'rules.0.archive.after': 'Rule "all": archive.after is 0: nobody has time to object.',
    },
  ],
  [
    `${ARCHIVES}, deregister: { after: 119d }`,
    NOTIFY,
    {
      'rules.0.archive.after':
        'Rule "all": deregister.after 119d is less than 90 days after archive.after 30d: AWS bills what lies in the archive for 90 days at least, so that it is archived only where that saves all the same.',
    },
  ],
  [`${ARCHIVES}, deregister: { after: 120d }`, NOTIFY, {}],
  [ARCHIVES, NOTIFY, {}],
  [KEEP, 'limits: { perRun: 0 }', { 'limits.perRun': 'limits.perRun is 0: nothing is ever done.' }],
  [
    KEEP,
    'limits: { stopAbove: 100% }',
    { 'limits.stopAbove': 'limits.stopAbove is 100%: no number of due images stops a run.' },
  ],
  [KEEP, 'limits: { stopAbove: 99% }', {}],
  [KEEP, 'orphanSnapshots: { deleteAfter: 1d }', {}],
  [`${KEEP}, deregister: { after: 1d }`, '', UNTOLD],
  [
    'keep: { youngerThan: 6min }',
    '',
    { 'rules.0.keep.youngerThan': 'Rule "all": keep.youngerThan 6min is less than a day.' },
  ],
  ['keep: { youngerThan: 1d }', '', {}],
  [
    'keep: { newest: 1, launchedWithin: 23h }',
    '',
    { 'rules.0.keep.launchedWithin': 'Rule "all": keep.launchedWithin 23h is less than a day.' },
  ],
  ['keep: { launchedWithin: 90d, youngerThan: 1d }', '', {}],
  ['keep: { newest: { count: 1, youngerThan: 30d } }', '', {}],
  ['expire: { tag: E }', '', {}],
  [
    KEEP,
    'orphanSnapshots: { deleteAfter: 0d }',
    {
      'orphanSnapshots.deleteAfter':
        'orphanSnapshots.deleteAfter is 0: orphaned snapshots are deleted by the first run after the one that finds them.',
    },
  ],
  [
    KEEP,
    'references: { off: [instances, ec2-fleets] }',
    {
      'references.off.0':
        'The source instances is switched off: an image that only it references counts as unreferenced.',
      'references.off.1':
        'The source ec2-fleets is switched off: an image that only it references counts as unreferenced.',
    },
  ],
  [
    'keep: { launchedWithin: 90d }',
    '',
    {
      'rules.0.keep':
        'Rule "all": keep has launchedWithin alone: an image that was never launched is due at once, however new.',
    },
  ],
  [KEEP, 'undo: none', {}],
  [KEEP, 'undo: none\norphanSnapshots: { deleteAfter: 1d }', { undo: UNDO }],
  [`${KEEP}, deregister: { after: 7d }`, `undo: none\n${NOTIFY}`, { undo: UNDO }],
  [
    KEEP,
    'targets: { accounts: ["111111111111"] }',
    {
      'references.sharedImages':
        'references.sharedImages is keep: what the other targets use is looked for, and images that are shared stay all the same.',
    },
  ],
  [KEEP, 'targets: { accounts: ["111111111111"] }\nreferences: { sharedImages: evaluate }', {}],
])('%s %s', (rule, rest, expected) => {
  const policy = oneRule(rule, rest);
  expect(Object.fromEntries(policyFindings(policy).map(({ at, sentence }) => [at.join('.'), sentence]))).toEqual(
    expected,
  );
  expect(makePlan(anAccount(), policy, AT).warnings).toEqual(Object.values(expected));
});

test('one rule that deregisters is enough for the warning that nobody is told', () => {
  const policy = aPolicy(`rules:
    - { name: one, select: { name: x }, ${KEEP} }
    - { name: two, select: {}, ${KEEP}, deregister: { after: 1d } }`);
  expect(makePlan(anAccount(), policy, AT).warnings).toEqual([
    'There is no notify section: images are deregistered without telling their owners.',
  ]);
});

const DLM = 'policy-0123456789abcdef0';
const DLM_TAG = { 'aws:dlm:lifecycle-policy-id': DLM };
const LEFT = `Data Lifecycle Manager's policy ${DLM} is gone, and`;
const NEEDED =
  'of it are here: it removes none of them, and neither does any rule; remove by hand what is no longer needed.';
const DENIED = { status: 'unreadable', error: 'denied' } as const;
const held = (what: string) => ({ '': `${what} could not be read, which holds nothing back: denied.` });
const dlm = (state: string, wish: Parameters<typeof anAccount>[0] = {}) => ({
  images: [anImage({ tags: DLM_TAG }), anImage({ number: 2 })],
  snapshots: [aSnapshot({ tags: DLM_TAG }), aSnapshot({ number: 2, tags: DLM_TAG }), aSnapshot({ number: 3 })],
  dlmPolicies: { status: 'read', states: new Map([[DLM, state]]) } as const,
  ...wish,
});
const LEFTOVER = { arn: 'arn', builtAt: AT, amis: [{ imageId: imageId(9), region: 'eu-west-1' }] };
const builder = (...imageIds: ImageId[]) => ({
  images: [1, 2, 3].map((number) => anImage({ number })),
  imageBuilderPolicies: {
    status: 'read',
    policies: [{ arn: 'arn', name: 'weekly', actions: ['DISABLE', 'DELETE'], imageIds }],
  } as const,
});

test.each<[what: string, wish: Parameters<typeof anAccount>[0], expected: Readonly<Record<string, string>>]>([
  ['no service', {}, {}],
  [
    'a policy of Image Builder on some of its images',
    builder(imageId(1), imageId(3), imageId(9)),
    {
      'rules.0.':
        'Rule "all": Image Builder\'s lifecycle policy "weekly" is enabled and acts on 2 images of it too (disable, delete), by ages and counts of its own and whatever uses them; let one of both decide: here by select.not, there by its status or exclusion rules.',
    },
  ],
  ['one on others', builder(imageId(9)), {}],
  ['ones that can’t be read', { imageBuilderPolicies: DENIED }, held("Image Builder's lifecycle policies")],
  ['builds that can’t be read', { imageBuilderLeftovers: DENIED }, held('What Image Builder built')],
  ['builds', { imageBuilderLeftovers: { status: 'read', leftovers: [] } }, {}],
  [
    'Data Lifecycle Manager that can’t be read',
    { dlmPolicies: DENIED },
    held('Whether the Data Lifecycle Manager policies of images and snapshots are there'),
  ],
  ['its policy gone', dlm('gone'), { '': `${LEFT} 1 image and 2 snapshots ${NEEDED}` }],
  [
    'its policy disabled',
    dlm('DISABLED'),
    { '': `${LEFT.replace('gone', 'disabled')} 1 image and 2 snapshots ${NEEDED}` },
  ],
  [
    'its policy in error',
    dlm('ERROR'),
    { '': `${LEFT.replace('gone', 'in error')} 1 image and 2 snapshots ${NEEDED}` },
  ],
  ['its policy at work', dlm('ENABLED'), {}],
  [
    'another policy gone',
    dlm('gone', { dlmPolicies: { status: 'read', states: new Map([['policy-1', 'gone']]) } }),
    {},
  ],
  [
    'a tag that is no policy’s id',
    dlm('gone', {
      images: [anImage({ tags: { 'aws:dlm:lifecycle-policy-id': 'policy-../x' } })],
      snapshots: [],
      dlmPolicies: { status: 'read', states: new Map([['policy-../x', 'gone']]) },
    }),
    {},
  ],
  [
    'an image from another Region',
    dlm('gone', { images: [anImage({ tags: DLM_TAG, sourceImageRegion: 'us-east-1' })] }),
    { '': `${LEFT} 0 images and 2 snapshots ${NEEDED}` },
  ],
  [
    'an image from this Region',
    dlm('gone', { images: [anImage({ tags: DLM_TAG, sourceImageRegion: 'eu-west-1' })] }),
    { '': `${LEFT} 1 image and 2 snapshots ${NEEDED}` },
  ],
  [
    'an image whose snapshots are in part copies',
    dlm('gone', {
      images: [anImage({ tags: DLM_TAG, snapshots: [1, 2] })],
      snapshots: [aSnapshot({ tags: DLM_TAG }), aSnapshot({ number: 2, tags: DLM_TAG, isCopy: true })],
    }),
    { '': `${LEFT} 0 images and 1 snapshot ${NEEDED}` },
  ],
])('what AWS’s own lifecycles do beside the rules: %s', (_, wish, expected) => {
  const account = anAccount(wish);
  const policy = oneRule(KEEP);
  const decisions = decideImages(account, policy, AT);
  const findings = lifecycleFindings(account, policy.rules, decisions);
  expect(Object.fromEntries(findings.map(({ at, sentence }) => [at.join('.'), sentence]))).toEqual(expected);
  expect(makePlan(account, policy, AT).warnings).toEqual(Object.values(expected));
});

test('a policy of Image Builder is told of each rule that owns some of its images', () => {
  const account = anAccount(builder(imageId(1), imageId(2)));
  const policy = aPolicy(`rules:
    - { name: one, select: { name: webapp-1 }, ${KEEP} }
    - { name: two, select: { name: webapp-3 }, ${KEEP} }
    - { name: three, select: {}, ${KEEP} }`);
  expect(makePlan(account, policy, AT).warnings).toEqual([
    expect.stringMatching(/^Rule "one".* 1 image of it/),
    expect.stringMatching(/^Rule "three".* 1 image of it/),
  ]);
});

test.each([
  [0, undefined],
  [1, [LEFTOVER]],
])('a plan lists what Image Builder left behind, where it did: %i', (count, listed) => {
  const imageBuilderLeftovers = { status: 'read', leftovers: [LEFTOVER].slice(0, count) } as const;
  const plan = makePlan(anAccount({ imageBuilderLeftovers }), oneRule(KEEP), AT);
  expect(plan.imageBuilderLeftovers).toEqual(listed);
  expect(Object.hasOwn(plan, 'imageBuilderLeftovers')).toBe(count > 0);
});

test('a plan says what of its policy meets nothing in the account, and counts what each rule owns', () => {
  const images = [1, 2].map((number) => anImage({ number, tags: { Environment: 'dev' } }));
  const policy = aPolicy(`rules:
    - { name: dev, select: { tags: { Enviroment: dev } }, ${KEEP} }
    - { name: all, select: {}, ${KEEP} }`);
  const { rules, warnings } = makePlan(anAccount({ images }), policy, AT);
  expect(rules.map(({ name }) => name)).toEqual(['dev', 'all']);
  expect(warnings).toEqual([
    'Rule "dev": it matches no image: none carries the tag "Enviroment" (did you mean "Environment", which 2 images carry?).',
  ]);
});
