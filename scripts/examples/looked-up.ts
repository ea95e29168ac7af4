import type { Draft } from '../../sandbox/seed/draft.ts';
import { deprecation, image } from './scenery.ts';

/** Images that nothing names until something is launched: Terraform and Karpenter look them up. */
export function lookedUp(draft: Draft): void {
  const deprecated = deprecation('builds', 30);
  const web = (name: string, ageDays: number, Env: string) =>
    image(draft, name, { ageDays, tags: { Env, Owner: 'web' } });
  web('web-20260801', 112, 'prod');
  web('web-20260912', 70, 'prod');
  web('web-20260930', 52, 'staging');
  web('web-20261003', 49, 'dev');

  const Nodes = { 'karpenter.sh/image': 'nodes', Owner: 'platform' };
  image(draft, 'nodes-arm64-6', { ageDays: 90, tags: Nodes }, { Architecture: 'arm64' });
  image(draft, 'nodes-arm64-7', { ageDays: 60, tags: Nodes }, { Architecture: 'arm64' });
  image(draft, 'nodes-x86-7', { ageDays: 62, tags: Nodes }, { Architecture: 'x86_64' });

  for (const [name, ageDays] of Object.entries({ 'api-2.0-31': 120, 'api-2.1-32': 100, 'api-3.0-33': 80 }))
    image(draft, name, { ageDays, tags: { Owner: 'api' } });

  const Worker = { Role: 'worker', Owner: 'data' };
  image(draft, 'worker-4', { ageDays: 200, tags: Worker, ...deprecated(40) });
  image(draft, 'worker-5', { ageDays: 150, tags: Worker, ...deprecated(10) });

  image(draft, 'demo-base', { ageDays: 90, tags: { ExpiresOn: '2026-10-31', Owner: 'sales' } });
  image(draft, 'demo-trial', { ageDays: 90, tags: { ExpiresOn: '2026-10-31', Owner: 'sales' } });
}
