import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, group, image, parameter, recipe, template } from './scenery.ts';

/** EC2 Image Builder builds weekly; recipes, distribution parameters and templates hold on to some of it. */
export function imageBuilderPipeline(draft: Draft): void {
  const { region, accountId } = draft.state;
  const built = (name: string, version: string) => ({
    CreatedBy: 'EC2 Image Builder',
    Ec2ImageBuilderArn: `arn:aws:imagebuilder:${region}:${accountId}:image/${name}/${version}`,
    Pipeline: name,
    Owner: 'platform@example.com',
  });
  const weekly = (name: string, weeks: readonly number[]) =>
    weeks.map((weeksAgo) => {
      const ageDays = weeksAgo * 7 + 2;
      const date = draft.isoDaysAgo(ageDays).slice(0, 19).replaceAll(':', '-');
      return image(draft, `${name} ${date}Z`, { ageDays, tags: built(name, `1.0.${60 - weeksAgo}/1`), rootGiB: 20 });
    });
  const [current] = weekly('hardened-linux', [0, 1, 2, 3, 4]);
  const [, oldParent, olderParent] = weekly('hardened-linux', [14, 20, 40]);
  weekly('windows-2022', [1, 9, 13, 17, 22]);

  // A recipe of another team still starts from a build of twenty weeks ago.
  recipe(draft, 'java-service', '3.1.0', oldParent?.ImageId ?? '');
  // By ARN rather than by id: AWS's own image, and nothing of this account.
  recipe(draft, 'hardened-linux', '1.0.0', `arn:aws:imagebuilder:${region}:aws:image/amazon-linux-2023-arm64/x.x.x`);
  parameter(draft, '/image-builder/hardened-linux/latest', current?.ImageId ?? '');
  // Nothing launches from it, and nothing says that nothing will: a template keeps its images.
  template(draft, 'retired-in-march', [olderParent?.ImageId ?? '']);
  group(draft, 'bastion', template(draft, 'bastion', [current?.ImageId ?? '']), '$Default');

  image(draft, 'windows-2022 by hand', { ageDays: 30, tags: { Pipeline: 'windows-2022' } });
  image(draft, 'windows-2022 2026-03-01T00-00-00Z', {
    ageDays: 265,
    tags: built('windows-2022', '1.0.9/1'),
    rootGiB: 40,
    ...deprecation('weekly builds', 30)(35),
  });
  // A build that has not ended, and one that failed.
  image(
    draft,
    'windows-2022 in progress',
    { ageDays: 0, tags: built('windows-2022', '1.0.61/1') },
    { State: 'pending' },
  );
  image(draft, 'windows-2022 failed', { ageDays: 100, tags: built('windows-2022', '1.0.40/1') }, { State: 'failed' });
}
