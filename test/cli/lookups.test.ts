import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePolicyObject } from '../../src/policy/language/parse.ts';
import { temporaryFolder } from '../builders/temporary-folder.ts';
import { janitor } from './command-line.ts';

const FIXTURES = 'test/fixtures/lookups';
const base = temporaryFolder();
let folders = 0;

/** Runs the command over files of these names and texts. */
function lookups(files: Readonly<Record<string, string>>) {
  folders += 1;
  const folder = join(base, String(folders));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return janitor('lookups', folder);
}
/** The lookup that a data source of Terraform with this body becomes, but for its name, and what is said of it. */
async function ofTerraform(body: string) {
  const { stdout } = await lookups({ 'main.tf': `data "aws_ami" "x" {\n${body}\n}\n` });
  const [{ name: _, ...lookup } = { name: '' }] = parse(stdout).references.lookups ?? [];
  return { lookup, said: stdout.split('\n').filter((line) => /Not known|main\.tf:1 data/.test(line)) };
}
const filter = (name: string, values: string) => `filter {\n name = "${name}"\n values = ${values}\n}\n`;
const SELF = 'most_recent = true\nowners = ["self"]\n';

describe('over files as people write them', () => {
  it('prints what each lookup asks for, and widens what it can’t know', async () => {
    const { stdout, stderr, exitCode } = await janitor('lookups', FIXTURES);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const { references } = parse(stdout);
    const written = references.lookups.map(({ name, ...lookup }: { name: string }) => [
      name.replace(`${FIXTURES}/`, ''),
      lookup,
    ]);
    const all = { take: 'all' };
    const newest = { take: 'newest' };
    const owner = 'self';
    expect(Object.fromEntries(written)).toEqual({
      'infra/generated.tf.json data.aws_ami.generated': { images: { owner, name: 'generated-*' }, ...all },
      'infra/main.tf data.aws_ami.web': {
        images: { owner, name: 'web-*', tags: { Env: ['prod', 'staging'] } },
        ...newest,
      },
      'infra/main.tf data.aws_ami.release': {
        images: {
          owner: ['self', '111122223333'],
          name: 'api-*-*',
          architecture: 'arm64',
          virtualizationType: 'hvm',
        },
        ...all,
      },
      'infra/main.tf data.aws_ami.by_regex': {
        images: { owner, rootDeviceType: 'ebs', tags: { Team: 'data' } },
        ...all,
      },
      'infra/main.tf data.aws_ami.golden': {
        images: { owner: '444455556666', tags: { Golden: '*' } },
        ...newest,
        mayBeEmpty: true,
      },
      'infra/main.tf data.aws_ami_ids.old': { images: { owner, tags: { Project: 'demo' } }, ...all },
      'infra/main.tf amiSelectorTerms': { images: { owner, name: 'nodes-*-*' }, ...all },
      'infra/main.tf amiSelectorTerms 2': { images: { owner, tags: { Nodes: 'yes' } }, ...newest },
      'k8s/helm.yaml amiSelectorTerms': { images: { owner, tags: { Chart: '*' } }, ...all },
      'k8s/nodeclasses.yaml amiSelectorTerms': { images: { owner, tags: { Karpenter: '*' } }, ...newest },
      'k8s/nodeclasses.yaml amiSelectorTerms 2': {
        images: { owner: '111122223333', name: 'web-*' },
        ...newest,
        mayBeEmpty: true,
      },
      'packer/legacy.json source_ami_filter': {
        images: { owner, name: 'legacy-*-*', rootDeviceType: 'ebs' },
        ...all,
      },
      'packer/web.pkr.hcl data.amazon-ami.base': {
        images: { owner, name: 'base-*', virtualizationType: 'hvm' },
        ...newest,
      },
      'packer/web.pkr.hcl source_ami_filter': { images: { owner, name: 'hardened-*', tags: { Base: '*' } }, ...all },
    });
    expect(references.ssmParameters).toEqual(['/golden/stack', '/golden/web', '/golden/nodes']);
    expect(parsePolicyObject({ version: 1, rules: [], references }, 'pasted').ok).toBe(true);
  });

  it('says what it can’t write, and every image id, each with file and line', async () => {
    const { stdout } = await janitor('lookups', FIXTURES);
    for (const line of [
      'infra/main.tf:63 data.aws_ami.each asks for nothing that is known: dynamic',
      'infra/main.tf:77 data.aws_ami.ubuntu looks at images of amazon alone',
      'k8s/helm.yaml:15 amiSelectorTerms is not known',
    ])
      expect(stdout).toContain(`\n# ${FIXTURES}/${line}\n`);
    expect(stdout).toContain(
      `    # ${FIXTURES}/infra/main.tf:7\n    - name: ${FIXTURES}/infra/main.tf data.aws_ami.web\n`,
    );
    expect(stdout).toContain('    # Not known: name. So it takes all that it may find.\n');
    expect(stdout.match(/^# ami-.*/gm)).toEqual([
      `# ami-0bbbbbbb ${FIXTURES}/cloudformation/stack.yaml:12`,
      `# ami-0123456789abcdef0 ${FIXTURES}/infra/main.tf:107`,
      `# ami-0fedcba9876543210 ${FIXTURES}/infra/prod.tfvars:2`,
      `# ami-0aaaaaaaaaaaaaaa0 ${FIXTURES}/k8s/nodeclasses.yaml:9`,
    ]);
  });

  it('writes a lookup that stands in two files once, with both places', async () => {
    const text = `data "aws_ami" "x" {\n${SELF}${filter('name', '["web-*"]')}}\n`;
    const { stdout } = await lookups({ 'a/main.tf': text, 'b/main.tf': `\n${text}` });
    expect(parse(stdout).references.lookups).toHaveLength(1);
    expect(stdout).toMatch(/# \S+a\/main\.tf:1, \S+b\/main\.tf:2\n/);
  });
});

describe('a data source', () => {
  const owner = 'self';
  const image = (images: object) => ({ images: { owner, ...images }, take: 'newest' });
  const all = (images: object) => ({ images: { owner, ...images }, take: 'all' });

  it.each([
    ['a filter twice', filter('name', '["a*"]') + filter('name', '["*b"]'), all({ name: 'a*' })],
    [
      'a filter that a lookup does not know',
      filter('name', '["a"]') + filter('is-public', '["false"]'),
      all({ name: 'a' }),
    ],
    ['a state that is not available', filter('name', '["a"]') + filter('state', '["pending"]'), all({ name: 'a' })],
    ['available images', filter('name', '["a"]') + filter('state', '["available"]'), image({ name: 'a' })],
    ['machine images', filter('name', '["a"]') + filter('image-type', '["machine"]'), image({ name: 'a' })],
    ['a filter whose name is a variable', filter('name', '["a"]') + filter(`\${var.f}`, '["b"]'), all({ name: 'a' })],
    ['values of a variable', filter('name', 'var.names') + filter('tag:A', '["b"]'), all({ tags: { A: 'b' } })],
    ['one value of a variable', filter('name', '["a", var.n]') + filter('tag:A', '["b"]'), all({ tags: { A: 'b' } })],
    ['a tag’s value of a function', filter('tag:A', '[lower("B")]'), all({ tags: { A: '*' } })],
    ['a condition', filter('tag:A', '[var.x ? "b" : "c"]'), all({ tags: { A: '*' } })],
    ['a directive', filter('name', '["a%{if var.x}b%{endif}c"]'), all({ name: 'a*c' })],
    ['what is escaped', filter('name', '["a\\\\*-$${b}\\"é"]'), image({ name: `a\\*-$\{b}"é` })],
    ['tag keys', filter('tag-key', '["A"]'), image({ tags: { A: '*' } })],
    ['one of several tag keys', filter('tag-key', '["A", "B"]') + filter('name', '["a"]'), all({ name: 'a' })],
    ['those that a user may launch', `executable_users = ["self"]\n${filter('name', '["a"]')}`, all({ name: 'a' })],
    ['a comment within', filter('name', '[ # one\n"a", /* two */ "b"]'), image({ name: ['a', 'b'] })],
  ])('of %s', async (_, body, expected) => {
    expect((await ofTerraform(SELF + body)).lookup).toEqual(expected);
  });

  it.each([
    ['of an owner that is a variable: whoever', 'owners = [var.owner]', { name: 'a' }, undefined],
    ['of no owner: whoever', '', { name: 'a' }, undefined],
    ['of an owner by filter', filter('owner-id', '["111122223333"]'), { owner: '111122223333', name: 'a' }, true],
    ['of Amazon and oneself: oneself', 'owners = ["amazon", "self"]', { owner, name: 'a' }, undefined],
  ])('%s', async (_, owners, images, mayBeEmpty) => {
    const { lookup } = await ofTerraform(`most_recent = true\n${owners}\n${filter('name', '["a"]')}`);
    expect(lookup).toEqual({ images, take: 'newest', ...(mayBeEmpty && { mayBeEmpty }) });
  });

  it.each([
    ['most_recent = var.newest', 'all'],
    ['most_recent = false', 'all'],
    ['', 'all'],
    ['most_recent = true', 'newest'],
  ])('with %j takes %s', async (argument, take) => {
    const { lookup } = await ofTerraform(`${argument}\nowners = ["self"]\n${filter('name', '["a"]')}`);
    expect(lookup.take).toBe(take);
  });

  it.each([
    ['the owner alone', SELF, 'asks for nothing that is known'],
    ['a name that is a variable', SELF + filter('name', '[var.name]'), 'asks for nothing that is known: name'],
    [
      'an id',
      SELF + filter('image-id', '["ami-0123456789abcdef0"]'),
      'asks for nothing that is known: the filter "image-id"',
    ],
  ])('that asks for %s is no lookup, and is said', async (_, body, says) => {
    const { lookup, said } = await ofTerraform(body);
    expect(lookup).toEqual({});
    expect(said.join()).toContain(says);
  });
});

describe('bad input', () => {
  it.each([
    ['that is not there', 'no-such', /no-such can't be searched: there is no such directory/],
    ['that is none', 'README.md', /README\.md can't be searched: it is no directory/],
  ])('a directory %s', async (_, directory, message) => {
    const { stdout, stderr, exitCode } = await janitor('lookups', FIXTURES, directory);
    expect([stdout, exitCode]).toEqual(['', 2]);
    expect(stderr).toMatch(message);
  });

  const GOOD = `data "aws_ami" "x" {\n${SELF}${filter('name', '["web-*"]')}}\n`;
  it.each([
    ['HCL', 'bad.tf', 'a = "ami-0123456789abcdef0"\nlocals {\n b = [\n}\n', /bad\.tf:[34] is not valid HCL/],
    [
      'YAML',
      'bad.yaml',
      'kind: EC2NodeClass\nami: ami-0123456789abcdef0\n  spec: [',
      /bad\.yaml:\d is not valid YAML or JSON/,
    ],
    ['JSON', 'bad.tf.json', '{ "a": "ami-0123456789abcdef0",\n "data": {', /bad\.tf\.json:2 is not valid YAML or JSON/],
    ['nesting', 'deep.tf', `a = "ami-0123456789abcdef0"\nb = ${'['.repeat(20_000)}`, /deep\.tf:\d+ is/],
  ])(
    'broken %s is named with its line, its ids are found, and the other files are read',
    async (_, name, text, message) => {
      const { stdout, stderr, exitCode } = await lookups({ [name]: text, 'good.tf': GOOD });
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(exitCode).toBe(1);
      expect(parse(stdout).references.lookups).toHaveLength(1);
      expect(stdout).toContain('# ami-0123456789abcdef0 ');
    },
  );

  it('a link that leads nowhere, and files that are not ours', async () => {
    folders += 1;
    const folder = join(base, String(folders));
    mkdirSync(join(folder, '.terraform'), { recursive: true });
    writeFileSync(join(folder, '.terraform', 'x.tf'), GOOD);
    writeFileSync(join(folder, 'values.yaml'), 'a: [{{ b }');
    symlinkSync(join(folder, 'gone'), join(folder, 'link.tf'));
    const { stdout, stderr, exitCode } = await janitor('lookups', folder);
    expect(stderr).toMatch(/link\.tf:1 can't be read: ENOENT/);
    expect(exitCode).toBe(1);
    expect(parse(stdout)).toEqual({ references: {} });
  });

  it('a name that would write lines of its own into the policy', async () => {
    const { stdout } = await lookups({ 'a\nb: c.tf': GOOD });
    expect(Object.keys(parse(stdout))).toEqual(['references']);
    expect(parse(stdout).references.lookups).toHaveLength(1);
  });
});
