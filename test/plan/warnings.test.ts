import { expect, test } from 'vitest';
import { makePlan } from '../../src/plan/make-plan.ts';
import { AT, anAccount, anImage } from '../builders/account.ts';
import { aPolicy, oneRule } from '../builders/policy.ts';

const NOTIFY = 'notify: { slack: { webhook: "ssm:hook" } }';
const KEEP = 'keep: { newest: 1 }, deprecate: {}';

test.each([
  [KEEP, '', []],
  [`${KEEP}, disable: { after: 7d }, deregister: { after: 8d }`, NOTIFY, []],
  [
    `${KEEP}, disable: { after: 1d }, deregister: { after: 1d }`,
    'undo: recycle-bin',
    [
      'Rule "all": disable.after 1d is over when deregister.after 1d is: images go without having been disabled first.',
      'There is no notify section: images are deregistered without telling their owners.',
    ],
  ],
  [`${KEEP}, deregister: { after: 0d }`, NOTIFY, ['Rule "all": deregister.after is 0: nobody has time to object.']],
  [`${KEEP}, disable: { after: 0d }`, '', ['Rule "all": disable.after is 0: nobody has time to object.']],
  [KEEP, 'limits: { perRun: 0 }', ['limits.perRun is 0: nothing is ever done.']],
  [KEEP, 'limits: { stopAbove: 100% }', ['limits.stopAbove is 100%: no number of due images stops a run.']],
  [KEEP, 'limits: { stopAbove: 99% }', []],
  [KEEP, 'orphanSnapshots: { deleteAfter: 1d }', []],
  [
    `${KEEP}, deregister: { after: 1d }`,
    '',
    ['There is no notify section: images are deregistered without telling their owners.'],
  ],
  ['keep: { youngerThan: 6min }', '', ['Rule "all": keep.youngerThan 6min is less than a day.']],
  ['keep: { youngerThan: 1d }', '', []],
  ['keep: { newest: 1, launchedWithin: 23h }', '', ['Rule "all": keep.launchedWithin 23h is less than a day.']],
  ['keep: { launchedWithin: 90d, youngerThan: 1d }', '', []],
  ['expire: { tag: E }', '', []],
  [
    KEEP,
    'orphanSnapshots: { deleteAfter: 0d }',
    [
      'orphanSnapshots.deleteAfter is 0: orphaned snapshots are deleted by the first run after the one that finds them.',
    ],
  ],
  [
    KEEP,
    'references: { off: [instances, ec2-fleets] }',
    [
      'The source instances is switched off: an image that only it references counts as unreferenced.',
      'The source ec2-fleets is switched off: an image that only it references counts as unreferenced.',
    ],
  ],
  [
    'keep: { launchedWithin: 90d }',
    '',
    ['Rule "all": keep has launchedWithin alone: an image that was never launched is due at once, however new.'],
  ],
])('%s %s', (rule, rest, expected) => {
  expect(makePlan(anAccount(), oneRule(rule, rest), AT).warnings).toEqual(expected);
});

test('one rule that deregisters is enough for the warning that nobody is told', () => {
  const policy = aPolicy(`rules:
    - { name: one, select: { name: x }, ${KEEP} }
    - { name: two, select: {}, ${KEEP}, deregister: { after: 1d } }`);
  expect(makePlan(anAccount(), policy, AT).warnings).toEqual([
    'There is no notify section: images are deregistered without telling their owners.',
  ]);
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
