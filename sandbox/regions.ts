import type { AccountWide } from './account-wide.ts';

/** Whether an account may use a Region, in EC2's words. */
export type OptInStatus = 'opt-in-not-required' | 'opted-in' | 'not-opted-in';

/** Regions that there are; for those that must be opted in to: how it stands where the account says nothing else. */
const REGIONS: ReadonlyMap<string, OptInStatus> = new Map([
  ['af-south-1', 'not-opted-in'],
  ['ap-northeast-1', 'opt-in-not-required'],
  ['ap-southeast-2', 'opt-in-not-required'],
  ['ca-central-1', 'opt-in-not-required'],
  ['eu-central-1', 'opt-in-not-required'],
  ['eu-north-1', 'opt-in-not-required'],
  ['eu-south-1', 'opted-in'],
  ['eu-west-1', 'opt-in-not-required'],
  ['eu-west-2', 'opt-in-not-required'],
  ['me-central-1', 'not-opted-in'],
  ['us-east-1', 'opt-in-not-required'],
  ['us-east-2', 'opt-in-not-required'],
  ['us-west-2', 'opt-in-not-required'],
]);

/** Every Region, and how it stands in the account. */
export function regionsOf({ regions }: AccountWide): ReadonlyMap<string, OptInStatus> {
  return new Map(
    [...REGIONS].map(([name, usual]) => {
      // What needs no opting in can't be opted out of.
      return [name, usual === 'opt-in-not-required' ? usual : (regions.get(name) ?? usual)];
    }),
  );
}
