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

const POLICY = `version: 1
references: { ssmParameters: ["/text/*"], documents: ["s3://runbooks/recovery/"] }
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
