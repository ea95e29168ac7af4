import * as fc from 'fast-check';
import { StoryAccount } from './account.ts';
import { EVERY_KIND } from './every-kind.ts';

/** What a random account is made from: for each image, by which kinds it is referenced. */
export type Plan = readonly (readonly string[])[];

const kinds = Object.keys(EVERY_KIND);

export const aKind = fc.constantFrom(...kinds);

/** Up to eight images, each referenced in up to three ways; about a third are not referenced at all. */
export const aPlan: fc.Arbitrary<Plan> = fc.array(
  fc.oneof(fc.constant([]), fc.array(aKind, { minLength: 1, maxLength: 3 }), fc.array(aKind, { maxLength: 2 })),
  { minLength: 1, maxLength: 8 },
);

export interface MadeAccount {
  readonly account: StoryAccount;
  readonly imageIds: readonly string[];
  readonly referenced: ReadonlySet<string>;
}

/** Makes the account of a plan; the same plan gives the same account. */
export function make(plan: Plan): MadeAccount {
  const account = new StoryAccount();
  account.state.buckets.set('runbooks', new Map());
  // All images first, so that a reference more moves no other id.
  const imageIds = plan.map((_, index) => account.image(`image-${index}`));
  for (const [index, ways] of plan.entries()) {
    for (const way of ways) EVERY_KIND[way]?.(account, imageIds[index] ?? '');
  }
  return { account, imageIds, referenced: new Set(imageIds.filter((_, index) => (plan[index] ?? []).length > 0)) };
}
