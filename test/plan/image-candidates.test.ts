import { expect, test } from 'vitest';
import type { Decision } from '../../src/model/decision.ts';
import { imageCandidates } from '../../src/plan/image-candidates.ts';
import { AT, anAccount, anImage, daysAgo, imageId } from '../builders/account.ts';
import { POLICY } from '../builders/plan.ts';

const MARK = 'ami-janitor:deprecated-at';
const UNREFERENCED = { code: 'unreferenced', sources: 13 } as const;

/** Decisions of which none archives. */
const only = (decision: Decision) => ({ decisions: [decision], snapshots: new Map() });

/** What a plan would make of a decision that should never have come about. */
function actionsFor(image: ReturnType<typeof anImage>): string[] {
  const decision: Decision = {
    image,
    rule: 'all',
    references: [],
    decision: 'deregister',
    reasons: [UNREFERENCED],
  };
  return imageCandidates(anAccount({ images: [image] }), POLICY, only(decision), [], AT).map(
    ({ action }) => action.action,
  );
}

test('an image with this tool’s date is deregistered', () => {
  expect(actionsFor(anImage({ deprecatedDaysAgo: 40 }))).toEqual(['deregister']);
});

test.each([
  ['no date', anImage()],
  ['a date that can not be read', anImage({ deprecatedDaysAgo: 40, tags: { [MARK]: 'x' } })],
  ['a date that was copied', anImage({ ageDays: 10, deprecatedDaysAgo: 40 })],
  ['a date and no deprecation', anImage({ tags: { [MARK]: daysAgo(40).toISOString() } })],
])('an image with %s is not, whatever was decided', (_, image) => expect(actionsFor(image)).toEqual([]));

test.each(['deprecate', 'disable', 'deregister'] as const)(
  'to %s by a rule that the policy does not have promises nothing',
  (decision) => {
    const image = anImage({ sourceImageId: imageId(2), ...(decision === 'deregister' && { deprecatedDaysAgo: 40 }) });
    const account = { ...anAccount({ images: [image] }), sharing: new Map() };
    const decided: Decision = { image, rule: 'gone', references: [], decision, reasons: [UNREFERENCED] };
    const [found] = imageCandidates(account, POLICY, only(decided), [], AT);
    expect(found?.action).not.toHaveProperty('deregisterAfter');
    expect(found?.action).not.toHaveProperty('markKept');
    expect(found?.missing.sharing).toEqual([imageId(1)]);
  },
);

test('what is kept has no action, and no reading is wanted for it', () => {
  const decided: Decision = { image: anImage(), references: [], decision: 'keep', reasons: [{ code: 'no-rule' }] };
  expect(imageCandidates(anAccount({ images: [anImage()] }), POLICY, only(decided), [], AT)).toEqual([]);
});
