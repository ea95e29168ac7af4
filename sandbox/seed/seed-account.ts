import type { AccountState } from '../state.ts';
import { addOrdinaryInstances, addSpecialCompute } from './compute.ts';
import { Draft } from './draft.ts';
import { addPipelineGroups, addSpecialGroups } from './groups.ts';
import { addEarlierRuns, addRecycleBin, addUsedAgain } from './history.ts';
import { addBuilds } from './images.ts';
import { addBackups, addOrphans } from './orphans.ts';
import { addBuildersAndRunbooks, addParameters } from './other-sources.ts';
import { Random } from './random.ts';
import { addSpecialImages } from './special-images.ts';
import { addPipelineTemplates, addSpecialTemplates } from './templates.ts';
import { addTexts } from './texts.ts';

export interface SeedOptions {
  readonly now: Date;
  readonly accountId?: string;
  readonly region?: string;
  /** About so many images; everything else grows with them. */
  readonly images?: number;
  /** Other numbers than those that go with the images. */
  readonly launchTemplates?: number;
  readonly autoScalingGroups?: number;
  /** The same seed gives the same account. */
  readonly seed?: number;
}

const DEFAULT_IMAGES = 180;
const LEAST_IMAGES = 150;

/** A believable account: four years of builds, what uses them, and one of everything that janitors get wrong. */
export function seedAccount(options: SeedOptions): AccountState {
  const { now, images = DEFAULT_IMAGES, seed = 1 } = options;
  const draft = new Draft(now, new Random(seed), options.accountId, options.region);
  const count = Math.max(images, LEAST_IMAGES);
  addSpecialImages(draft);
  addBuilds(draft, count - draft.state.images.size);
  addPipelineTemplates(draft, options.launchTemplates ?? Math.ceil(count / 10));
  addPipelineGroups(draft, options.autoScalingGroups ?? Math.ceil(count / 25));
  addOrdinaryInstances(draft, Math.ceil(count / 10));
  addSpecialTemplates(draft);
  addSpecialGroups(draft);
  addSpecialCompute(draft);
  addParameters(draft);
  addBuildersAndRunbooks(draft);
  addEarlierRuns(draft);
  addUsedAgain(draft);
  addOrphans(draft);
  addBackups(draft);
  addRecycleBin(draft);
  addTexts(draft);
  draft.state.buckets.set('ami-janitor-reports', new Map());
  return draft.state;
}
