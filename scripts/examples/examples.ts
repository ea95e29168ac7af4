import { Draft } from '../../sandbox/seed/draft.ts';
import { Random } from '../../sandbox/seed/random.ts';
import type { AccountState } from '../../sandbox/state.ts';
import type { Account } from '../../src/model/account.ts';
import { centralAccount } from './central-account.ts';
import { ciScratch } from './ci-scratch.ts';
import { complianceHolds } from './compliance-holds.ts';
import { drCopies } from './dr-copies.ts';
import { expiryTags } from './expiry-tags.ts';
import { goldenImages } from './golden-images.ts';
import { imageBuilderPipeline } from './image-builder-pipeline.ts';
import { leftBehindSnapshots } from './left-behind-snapshots.ts';
import { acrossOrganization, organization } from './organization.ts';
import { packerPipeline } from './packer-pipeline.ts';
import { reportOnly } from './report-only.ts';

/** When every example is recorded, and for when it is planned. */
export const EXAMPLES_AT = new Date('2026-11-21T00:00:00.000Z');

/** An example: a folder below `examples/`, and the account that its policy is tried on. */
export interface Example {
  readonly name: string;
  readonly region: string;
  readonly make: (draft: Draft) => void;
  /** What a run over a whole organization knows besides of the account. */
  readonly across?: (account: Account) => Account;
  /** Another policy beside `policy.yml`, to be compared with it. */
  readonly against?: string;
}

const HOME = 'eu-west-1';

export const EXAMPLES: readonly Example[] = [
  { name: 'golden-images', region: HOME, make: goldenImages },
  { name: 'ci-scratch', region: HOME, make: ciScratch },
  { name: 'expiry-tags', region: HOME, make: expiryTags },
  { name: 'dr-copies', region: 'eu-central-1', make: drCopies },
  { name: 'compliance-holds', region: HOME, make: complianceHolds },
  { name: 'packer-pipeline', region: HOME, make: packerPipeline },
  { name: 'image-builder-pipeline', region: HOME, make: imageBuilderPipeline },
  { name: 'central-account', region: HOME, make: centralAccount, against: 'evaluate.yml' },
  { name: 'organization', region: HOME, make: organization, across: acrossOrganization },
  { name: 'report-only', region: HOME, make: reportOnly },
  { name: 'left-behind-snapshots', region: HOME, make: leftBehindSnapshots },
];

/** The account of an example: the same each time, id by id. */
export function exampleAccount({ name, region, make }: Example): AccountState {
  const seed = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 2 ** 31, 7);
  const draft = new Draft(EXAMPLES_AT, new Random(seed), '123456789012', region);
  make(draft);
  return draft.state;
}
