import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstDraft, undoAdvice } from '../../src/cli/commands/init.ts';
import { draftPolicy } from '../../src/cli/init/draft.ts';
import { findingsOf } from '../../src/cli/init/findings.ts';
import { NO_PARAMETERS, proposeParameters, unlistedParameters } from '../../src/cli/init/parameters.ts';
import { SOURCE_OF } from '../../src/model/sources.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { withLookups } from '../../src/policy/decision/lookups.ts';
import { parsePolicy } from '../../src/policy/language/parse.ts';
import { AT, anAccount, anImage, aRetentionRule, unreadable } from '../builders/account.ts';
import { times } from '../builders/runs.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { tried } from '../builders/tried.ts';
import { janitor } from './command-line.ts';
import { useEmbeddedAccount } from './embedded.ts';

const images = (number: number, wish: (index: number) => Parameters<typeof anImage>[0]) =>
  Array.from({ length: number }, (_, index) => anImage({ number: index + 1, ...wish(index) }));
const draft = (own: ReturnType<typeof anImage>[]) => draftPolicy(findingsOf(anAccount({ images: own })));

function policyOf(text: string) {
  const parsed = parsePolicy(text, 'draft');
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${text}`);
  return parsed.policy;
}

describe('a first policy', () => {
  it('keeps families by their tag, and short-lived environments for a shorter time', () => {
    const own = images(12, (index) => ({
      tags: { Service: ['web', 'api'][index % 2] ?? '', Env: index < 6 ? 'dev' : 'prod' },
    }));
    const { rules } = policyOf(draft(own));
    expect(rules).toMatchObject([
      {
        name: 'short-lived images of dev',
        select: { tags: [{ key: 'Service' }, { key: 'Env', value: ['dev'] }] },
        deprecate: true,
      },
      { name: 'families', groupBy: [{ kind: 'tag', key: 'Service' }, { kind: 'architecture' }], deprecate: true },
    ]);
  });

  it('only reports on what names alone tell', () => {
    const { rules } = policyOf(draft(images(4, (index) => ({ name: `legacy-2024010${index}`, tags: {} }))));
    expect(rules).toMatchObject([{ select: { name: ['legacy-*'] }, deprecate: false }]);
  });

  it('takes a tag of dates for expiry, and not one of anything else', () => {
    const dated = images(3, () => ({ tags: { ExpiresOn: '2027-01-01' } }));
    expect(policyOf(draft(dated)).rules).toMatchObject([{ kind: 'expiry', expireTag: 'ExpiresOn' }]);
    expect(policyOf(draft(images(3, () => ({ tags: { ExpiresOn: 'soon' } })))).rules).toEqual([]);
  });

  it('protects what people protect, and names the owners', () => {
    const policy = policyOf(draft(images(3, () => ({ tags: { DoNotDelete: 'true', Team: 'web' } }))));
    expect(policy.protect.tags).toEqual([{ key: 'DoNotDelete', value: '*' }]);
    expect(policy.owners.tag).toBe('Team');
  });

  it('comes with the commands for the Recycle Bin rules that are missing', () => {
    const uncovered = anAccount({
      retentionRules: new Map([
        ['image', { status: 'read', rules: [] }],
        ['snapshot', { status: 'read', rules: [aRetentionRule({ kind: 'snapshot' })] }],
      ]),
    });
    const advice = undoAdvice(uncovered);
    expect(advice).toContain('No Recycle Bin rule covers the images');
    expect(advice).toContain('aws rbin create-rule --region eu-west-1 --resource-type EC2_IMAGE');
    expect(advice).not.toContain('EBS_SNAPSHOT');
    expect(undoAdvice(anAccount())).toContain('it can be brought back');
    const unreadable = { status: 'unreadable', error: 'access denied' } as const;
    expect(undoAdvice(anAccount({ retentionRules: new Map([['image', unreadable]]) }))).toContain('rbin:ListRules');
  });

  it('of an empty account has no rule', () => expect(policyOf(draft([])).rules).toEqual([]));

  it('says how to leave out a service that could not be read and that the account may not use, and leaves none out', () => {
    const draftWithout = (name: string) => draftPolicy(findingsOf(anAccount({ sources: unreadable(name) })));
    expect(draftWithout('codebuild-fleets')).toContain('\n  # off: [codebuild-fleets]\n');
    expect(policyOf(draftWithout('codebuild-fleets')).references.off).toEqual([]);
    expect(policyOf(draftWithout('codebuild-fleets').replace('# off:', 'off:')).references.off).toEqual([
      'codebuild-fleets',
    ]);
    for (const name of ['instances', 'launch-templates', 'ssm-parameters', 'images'])
      expect(draftWithout(name)).not.toContain('# off:');
  });

  it('is a valid policy whatever tags and names say', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('*', '"', '\n- x: 1', '#', '\\', '{*}', '\u2028', '\ufeff'),
    );
    tried(times(200), fc.array(hostile, { minLength: 1, maxLength: 3 }), hostile, (values, name) => {
      const own = images(8, (index) => ({
        name: `${name}-2024${index}`,
        tags: { Family: values[index % values.length] ?? '', Environment: 'dev', [`Compliance${name}`]: name },
      }));
      policyOf(draft(own));
    });
  });

  it('selects exactly what a tag with glob signs says', () => {
    const own = images(8, (index) => ({
      tags: { Family: 'a', Environment: index < 4 ? 'test' : 'prod', 'Compliance*': 'x' },
    }));
    expect(policyOf(draft(own)).protect.tags).toEqual([{ key: 'Compliance\\*', value: '*' }]);
  });
});

describe('a first policy runs as it is', () => {
  const families = (number: number, ageDays: (index: number) => number) =>
    images(number, (index) => ({ ageDays: ageDays(index), tags: { Family: `family-${index % 2}` } }));
  const first = (account: ReturnType<typeof anAccount>) => firstDraft(account, NO_PARAMETERS, AT);
  const stopped = (text: string, account: ReturnType<typeof anAccount>) =>
    makePlan(account, policyOf(text), AT).passes.filter((pass) => pass.stopped !== undefined);

  it('as usual where that stops nothing', () => {
    const text = first(anAccount({ images: families(8, () => 100) }));
    expect(policyOf(text).rules).toMatchObject([{ keep: { newest: { count: 3 } }, deprecate: true }]);
    expect(text).not.toContain('limits.stopAbove would stop');
  });

  it('by keeping more where its own limit would stop the usual, and says so', () => {
    const account = anAccount({ images: families(40, () => 100) });
    expect(stopped(draftPolicy(findingsOf(account)), account)).toHaveLength(1);
    const text = first(account);
    expect(stopped(text, account)).toEqual([]);
    expect(policyOf(text)).toMatchObject({
      rules: [{ keep: { newest: { count: 5 }, youngerThan: { text: '180d' } }, deprecate: true }],
      limits: { stopAbovePercent: 25 },
    });
    expect(text).toContain('limits.stopAbove would stop the run: more is kept here');
  });

  it('by only reporting where no keeping would do', () => {
    const account = anAccount({ images: families(200, () => 2000) });
    const text = first(account);
    expect(stopped(text, account)).toEqual([]);
    expect(policyOf(text)).toMatchObject({ rules: [{ deprecate: false }], limits: { stopAbovePercent: 25 } });
    expect(text).toContain('the rules only report');
  });

  it('on the day when what could not be read can be', () => {
    const own = families(40, () => 100);
    const text = first(anAccount({ images: own, sources: unreadable('instances') }));
    expect(stopped(text, anAccount({ images: own }))).toEqual([]);
  });

  it('whatever the ages, families and dates', () => {
    const wish = fc.record({
      ageDays: fc.integer({ min: 0, max: 2500 }),
      family: fc.constantFrom('a', 'b', 'c'),
      environment: fc.constantFrom('dev', 'prod'),
      expires: fc.constantFrom({}, {}, { ExpiresOn: '2025-01-01' }),
    });
    tried(times(100), fc.array(wish, { minLength: 1, maxLength: 60 }), (wishes) => {
      const own = wishes.map(({ ageDays, family, environment, expires }, index) =>
        anImage({ number: index + 1, ageDays, tags: { Family: family, Environment: environment, ...expires } }),
      );
      const account = anAccount({ images: own });
      expect(stopped(first(account), account)).toEqual([]);
    });
  });
});

describe('the text parameters that a first policy reads', () => {
  it('are those whose names speak of images, by the folder that does', () => {
    const names = [
      '/golden/bastion/current',
      '/golden/list',
      '/web/prod/ami',
      '/web/ami-id',
      'base-image',
      '/web/family',
      '/damit',
    ];
    expect(proposeParameters(names)).toEqual({
      globs: ['/golden/*', '/web/ami-id', '/web/prod/ami', 'base-image'],
      unread: 'text parameters whose names do not speak of images (2 of 7)',
    });
  });

  it('stand in the policy, and what is not read is told', () => {
    const text = draftPolicy(findingsOf(anAccount({ images: [] })), proposeParameters(['/golden/list', '/log-level']));
    expect(policyOf(text).references.ssmParameters).toEqual([{ pattern: '/golden/*', mayBeEmpty: false }]);
    expect(text).toContain(
      '# Not looked at: text parameters whose names do not speak of images (1 of 2);\n# files and S3',
    );
    const unlisted = draftPolicy(findingsOf(anAccount({ images: [] })), unlistedParameters('access\ndenied: x'));
    expect(policyOf(unlisted).references.ssmParameters).toEqual([]);
    expect(unlisted).toContain('# Not looked at: the names of text parameters (access denied: x);');
    expect(draft([])).toContain('# Not looked at: the names of text parameters, which a recording does not hold;');
  });
});

describe('the lookups that a first policy proposes', () => {
  const hostile = '*"\n}';
  const own = [
    ...images(4, (index) => ({ ageDays: index, tags: { Family: index < 2 ? 'web' : hostile } })),
    ...images(3, (index) => ({ number: index + 5, ageDays: index, name: `legacy-${index}.0`, tags: {} })),
  ];
  const text = draft(own);
  const taken = text.replaceAll(/^ {2}# (lookups:| {2}- \{ name)/gm, '  $1');

  it('are off until somebody takes the # away', () => {
    expect(policyOf(text).references.lookups).toEqual([]);
    expect(policyOf(draft([])).references.lookups).toEqual([]);
  });

  it('each find images that are there', () => {
    const { references } = policyOf(taken);
    expect(references.lookups).toHaveLength(3);
    const { sources, images: found } = withLookups(anAccount({ images: own }), references, AT).references;
    expect(sources.find(({ name }) => name === 'lookups')).toMatchObject({ status: 'read', references: 3 });
    expect(found.size).toBe(3);
  });
});

it('a first policy says what is read by name alone', () => {
  const byName = [...SOURCE_OF].flatMap(([name, source]) => (source.byName === undefined ? [] : [name]));
  expect(byName).toContain('state-machines');
  for (const name of byName) expect(draft([])).toContain(`\n#   ${name}: `);
});

describe('init on the embedded account', () => {
  useEmbeddedAccount();
  const folder = temporaryFolder();

  it('writes a valid policy and prints what it would do', async () => {
    const out = join(folder, 'first.yml');
    const { exitCode, stdout, stderr } = await janitor('init', '--policy', out);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('AMI report');
    expect(stderr).toContain(`wrote ${out}`);
    expect(stderr).toContain(`plan --policy ${out}\n`);
    expect(await readFile(out, 'utf8')).toContain('"tag:Family"');
    expect(await readFile(out, 'utf8')).toContain('ssmParameters: ["/ami/*", "/golden/*"]');
    expect(stderr).toContain('Not looked at: text parameters whose names do not speak of images (1 of 8)');
    expect(await janitor('policy', 'check', out)).toMatchObject({ exitCode: 0 });
    expect(await janitor('plan', '--policy', out)).toMatchObject({ exitCode: 0 });
  });

  it.each(['--policy', '--out'])('never overwrites what %s names', async (option) => {
    const out = join(folder, 'mine.yml');
    await writeFile(out, 'mine');
    const { exitCode, stdout, stderr } = await janitor('init', option, out);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/never overwritten; name another file with --policy/);
    expect(await readFile(out, 'utf8')).toBe('mine');
  });
});
