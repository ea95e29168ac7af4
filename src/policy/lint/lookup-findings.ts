import type { Account } from '../../model/account.ts';
import type { Policy } from '../../model/policy.ts';
import type { Lookup } from '../../model/reference-settings.ts';
import { counted } from '../../text/format.ts';
import { foundBy } from '../decision/lookups.ts';
import type { PolicyFinding } from './finding.ts';

/** Lookups that find nothing but what an earlier one finds, in any account. */
export function lookupShadows({ references: { lookups } }: Policy): PolicyFinding[] {
  return lookups.flatMap((lookup, index) => {
    const asked = JSON.stringify(lookup.images);
    const shadow = lookups
      .slice(0, index)
      .find(({ images, take }) => JSON.stringify(images) === asked && (take === 'all' || take === lookup.take));
    return shadow ? [ofLookup(lookup, index, `it finds what ${JSON.stringify(shadow.name)} before it finds.`)] : [];
  });
}

/** Lookups that keep nothing of an account, or all of it. */
export function lookupFindings({ images, target }: Account, { references }: Policy, at: Date): PolicyFinding[] {
  return references.lookups.flatMap((lookup, index) => {
    const found = foundBy(lookup, images, target, at).length;
    if (found === 0 && lookup.mayBeEmpty) return [ofLookup(lookup, index, 'it finds no image here, so it keeps none.')];
    if (lookup.take !== 'all' || found < images.length) return [];
    return [ofLookup(lookup, index, `it finds all ${counted(found, 'image')}, so no rule takes any of them.`)];
  });
}

function ofLookup({ name }: Lookup, index: number, says: string): PolicyFinding {
  return { at: ['references', 'lookups', index], sentence: `Lookup ${JSON.stringify(name)}: ${says}` };
}
