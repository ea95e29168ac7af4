import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ORGANIZATION_FUNCTIONS } from '../../scripts/bundle.ts';
import { ACTING, CREDENTIALS, MOST_BYTES, sourcesOf } from './bundle-rows.ts';

const REST = ORGANIZATION_FUNCTIONS.filter((name) => name !== 'organization-act');
const EC2_CALL = /\/client-ec2\/dist-es\/commands\/(?!Describe|List|Get)(\w+)Command\.js$/;
const MEMBERS = /^src\/(?:organization\/targets\/member\.ts|execute\/)/;

/** What lies in the folders of the functions of an organization's run. */
export function organizationBundleTests(dist: () => string): void {
  it.each(ORGANIZATION_FUNCTIONS)(
    '%s is smaller than 2 MB, and brings no way to credentials that Lambda never uses',
    (name) => {
      const folder = join(dist(), name);
      const bytes = globSync('**/*', { cwd: folder })
        .filter((file) => !file.endsWith('.map'))
        .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThan(MOST_BYTES);
      const sources = sourcesOf(folder);
      expect(sources).toContain(`src/handlers/${name.replace('organization-', 'organization/')}.ts`);
      expect(sources.filter((source) => CREDENTIALS.test(source))).toEqual([]);
      expect(sources.filter((source) => /^src\/cli\/|^sandbox\//.test(source))).toEqual([]);
    },
  );

  it.each(REST)('%s has none of what acts', (name) => {
    expect(sourcesOf(join(dist(), name)).filter((source) => ACTING.test(source))).toEqual([]);
  });

  it.each(['organization-targets', 'organization-inventory', 'organization-join', 'organization-summary'])(
    '%s has no call that writes to EC2',
    (name) => {
      const calls = sourcesOf(join(dist(), name)).flatMap((source) => EC2_CALL.exec(source)?.[1] ?? []);
      expect(calls).toEqual([]);
      const acting = sourcesOf(join(dist(), 'organization-act')).flatMap((source) => EC2_CALL.exec(source)?.[1] ?? []);
      expect(acting).toContain('DeregisterImage');
    },
  );

  it('joining reaches no other account', () => {
    expect(sourcesOf(join(dist(), 'organization-join')).filter((source) => MEMBERS.test(source))).toEqual([]);
    expect(sourcesOf(join(dist(), 'organization-inventory')).some((source) => MEMBERS.test(source))).toBe(true);
  });
}
