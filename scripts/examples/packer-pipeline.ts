import type { Draft } from '../../sandbox/seed/draft.ts';
import { group, image, instance, parameter, template } from './scenery.ts';

/** Packer builds a base image, web and worker images from it, and publishes their ids in several places. */
export function packerPipeline(draft: Draft): void {
  const built = { BuiltBy: 'packer', Owner: '#platform' };
  const ids = new Map<string, string>();
  const build = (family: string, stamp: string, ageDays: number, launchedDaysAgo?: number) => {
    const name = `${family}-${stamp}`;
    const wish = { ageDays, tags: built, ...(launchedDaysAgo === undefined ? {} : { launchedDaysAgo }) };
    // `build 14` is pinned by the file beside the policy, which needs an id that does not change.
    const given = name === 'base-20260801' ? { ImageId: 'ami-0ba5e000000000014' } : {};
    ids.set(name, image(draft, name, wish, given).ImageId);
  };
  const of = (name: string) => ids.get(name) ?? '';
  for (const [stamp, ageDays] of [
    ['20261101', 20],
    ['20261001', 51],
    ['20260901', 81],
    ['20260801', 112],
    ['20260701', 143],
    ['20260601', 173],
  ] as const) {
    build('base', stamp, ageDays);
    build('web', stamp, ageDays - 0.5);
    build('worker', stamp, ageDays - 0.4);
  }
  // The template holds no image id at all, and only the parameter knows what it launches.
  parameter(draft, '/packer/web/current', of('web-20260801'));
  group(draft, 'web', template(draft, 'web', ['resolve:ssm:/packer/web/current']), '$Latest');
  // CloudFormation made version 2 and left $Default at 1; the function that launches from it asks for $Latest.
  template(draft, 'worker', [of('worker-20260701'), of('worker-20260801')], 1);
  // Plain text, read because of references.ssmParameters.
  parameter(draft, '/packer/history', JSON.stringify({ rollback: of('worker-20260901') }), 'text');
  instance(draft, 'nightly-export', of('worker-20260601'), {}, 'stopped');
  image(draft, 'packer_01J9Z', { ageDays: 90, tags: built });
  image(draft, 'base-20260601-manual', { ageDays: 170, tags: { Owner: '#platform' } });
}
