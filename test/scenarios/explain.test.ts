import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import type { Sandbox } from '../../sandbox/server.ts';
import { serve } from '../builders/serve.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from '../cli/command-line.ts';
import { NOW, StoryAccount } from './account.ts';
import { EVERY_KIND } from './every-kind.ts';
import { EVERY_NAME } from './every-text-kind.ts';

const POLICY = `version: 1
references: { ssmParameters: ["/text/*"], documents: ["s3://runbooks/recovery/"], byName: ${JSON.stringify(EVERY_NAME)} }
rules: [{ name: all, select: { name: "*" }, keep: { youngerThan: 30d }, deprecate: {} }]
`;

const entry = z.object({
  references: z.array(z.object({ kind: z.string(), resource: z.string(), detail: z.string().optional() })),
});

describe('explain', () => {
  const account = new StoryAccount();
  const imageId = account.image('in use everywhere');
  const expected = Object.values(EVERY_KIND).map((add) => add(account, imageId).trim());
  const directory = temporaryFolder();
  const policy = join(directory, 'policy.yml');
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    await writeFile(policy, POLICY);
    sandbox = await serve({ account: account.state, now: () => NOW });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await sandbox?.close();
  });

  it('names every reference, of every kind, as JSON', async () => {
    const { stdout } = await janitor('explain', imageId, '--policy', policy, '--format', 'json');
    const { references } = entry.parse(JSON.parse(stdout));
    const told = references.map(({ kind, resource, detail = '' }) => `${kind} ${resource} ${detail}`.trim());
    expect(told.sort()).toEqual([...expected].sort());
  });

  it('and as text', async () => {
    const { stdout } = await janitor('explain', imageId, '--policy', policy);
    // Long lines are wrapped, within words too where they have no blanks.
    const text = stdout.replace(/\s/g, '');
    expect(expected.filter((one) => !text.includes(one.replace(/\s/g, '')))).toEqual([]);
    expect(stdout).toContain(`${expected.length} references`);
  });
});

describe('explain is asked', () => {
  const account = new StoryAccount();
  const old = account.image('web | *first*', { deprecatedDaysAgo: null, ageDays: 401 });
  const older = account.image('web-0', { deprecatedDaysAgo: null, ageDays: 400 });
  const orphan = account.snapshot('Created by CreateImage(i-0123456789abcdef0) for ami-0123456789abcdef0');
  const directory = temporaryFolder();
  const policy = join(directory, 'policy.yml');
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    const rule = 'name: all, select: {}, keep: { youngerThan: 30d }, deprecate: {}, deregister: { after: 30d }';
    await writeFile(policy, `version: 1\nlimits: { perRun: 1, stopAbove: 100% }\nrules: [{ ${rule} }]\n`);
    sandbox = await serve({ account: account.state, now: () => NOW });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await sandbox?.close();
  });
  const explained = (...args: string[]) => janitor('explain', ...args, '--policy', policy, '--at', NOW.toISOString());

  it.each([
    ['an id', old],
    ['a name', 'web | *first*'],
    ['a snapshot that it maps', account.snapshotOf(old)],
  ])('by %s, and says what comes next and when', async (_, asked) => {
    const { exitCode, stdout } = await explained(asked);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${old} web | *first*\n`);
    expect(stdout).toContain('deprecate: Deprecate; deregister not before 2026-12-21.');
    expect(stdout).not.toContain(older);
  });

  it('says that older ones come first', async () => {
    const { stdout } = await explained(older);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'deprecate: Deprecate; deregister not before 2026-12-21. 1 older one is due as well, and comes first.',
    );
  });

  it('of an orphaned snapshot', async () => {
    const { stdout } = await explained(orphan);
    expect(stdout).toContain(
      `${orphan}\n  of the image ami-0123456789abcdef0\n  Planned for 2026-11-21 02:00 UTC.\n  keep: No action.`,
    );
    expect(stdout).toContain('(orphan-reported-only)');
    expect(JSON.parse((await explained(orphan, '--format', 'json')).stdout)).toMatchObject({ snapshotId: orphan });
  });

  it('as Markdown, in which names do nothing', async () => {
    const { stdout } = await explained(old, '--format', 'markdown');
    expect(stdout).toContain(`# ${old} web \\| \\*first\\*\n`);
    expect(stdout).toContain('## Next, by a run that enforces\n\n- deprecate: Deprecate; deregister not before');
  });

  it.each([
    ['web-1', 'did you mean "web-0"?'],
    ['ami-0123456789abcdef0', ''],
  ])('of %s, which is not there', async (asked, hint) => {
    const { exitCode, stderr } = await explained(asked);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/is not an image or a snapshot of account \d{12} in eu-west-1;/);
    expect(stderr).toContain(hint);
  });

  it('offers no format that it refuses', async () => {
    expect(await explained(old, '--format', 'html')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Allowed choices are table, json, markdown.'),
    });
  });
});
