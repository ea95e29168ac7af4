import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { ORGANIZATION_FUNCTIONS } from '../../scripts/bundle.ts';

const REPORTING_AND_ACTING = ['report', 'protect', 'deprecate', 'disable', 'archive', 'deregister', 'delete-snapshots'];
const ALL = [...REPORTING_AND_ACTING, 'notify', 'keep-button'];
/** Our own limit, for what a start takes: Lambda's is 250 MB. */
export const MOST_BYTES = 2_000_000;

const TELLING =
  /^(?:src\/notify\/|node_modules\/(?:@slack\/|@aws-sdk\/client-sns|@aws-sdk\/client-secrets-manager|@aws-lambda-powertools\/parameters))/;
const PAGE = /^(?:src\/report\/html\/|node_modules\/(?:d3-|csv-stringify))/;
export const ACTING = /^src\/execute\//;
const PEOPLE = /^src\/(?:cli|recording)\/|^sandbox\/|^node_modules\/(?:commander|cli-table3|ora|bowser)\//;
/** Profiles, single sign-on, processes, metadata endpoints: Lambda gives credentials in the environment. */
export const CREDENTIALS =
  /^node_modules\/@(?:aws-sdk\/(?:nested-clients|token-providers|credential-provider-(?!env))|smithy\/credential-provider)/;

const mapShape = z.object({ sources: z.array(z.string()) });
const SOURCE = /(?:^|\/)((?:src|sandbox|node_modules)\/.*)$/;
const COMMAND = /\/client-([a-z0-9-]+)\/dist-es\/commands\/(\w+)Command\.js$/;

/** The files whose code is in these files of a bundle, as their source maps say. */
export function sourcesOf(folder: string, files = globSync('*.js', { cwd: folder })): string[] {
  return files.flatMap((file) =>
    mapShape
      .parse(JSON.parse(readFileSync(join(folder, `${file}.map`), 'utf8')))
      .sources.flatMap((source) => SOURCE.exec(source)?.[1] ?? []),
  );
}

/** What Node reads before the handler can be called: the entry, and what it imports not lazily. */
function filesAtStart(folder: string): string[] {
  const found = new Set<string>();
  const visit = (file: string): void => {
    if (found.has(file)) return;
    found.add(file);
    const code = readFileSync(join(folder, file), 'utf8');
    for (const [, next = ''] of code.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g)) visit(next);
  };
  visit('index.js');
  return [...found];
}

/** What lies in each function's folder, as it is deployed. */
export function bundleTests(dist: () => string): void {
  it.each([...ALL, ...ORGANIZATION_FUNCTIONS])(
    '%s is smaller than 2 MB, with all that it reads only when it needs it',
    (name) => {
      const folder = join(dist(), name);
      const bytes = globSync('**/*', { cwd: folder })
        .filter((file) => !file.endsWith('.map'))
        .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
      expect(bytes).toBeGreaterThan(100_000);
      expect(bytes).toBeLessThan(MOST_BYTES);
    },
  );

  it.each([
    ...ALL.map((name) => [name, 'what only people run', PEOPLE] as const),
    ...ALL.map((name) => [name, 'credentials that Lambda never uses', CREDENTIALS] as const),
    ...REPORTING_AND_ACTING.map((name) => [name, 'ways of telling people', TELLING] as const),
    ...['report', 'notify', 'keep-button'].map((name) => [name, 'what acts', ACTING] as const),
    ...['notify', 'keep-button'].map((name) => [name, 'the report’s page', PAGE] as const),
    ['keep-button', 'plans and reports', /^src\/(?:plan|report|execute|publish)\/|^src\/run\.ts/] as const,
  ])('%s has none of %s', (name, _, unused) => {
    const sources = sourcesOf(join(dist(), name));
    expect(sources).toContain(`src/handlers/${name}.ts`);
    expect(sources).toContain('node_modules/@aws-sdk/credential-provider-env/dist-es/fromEnv.js');
    expect(sources.filter((source) => unused.test(source))).toEqual([]);
  });

  it.each(ALL)('%s has no schemas of what it never does', (name) => {
    const folder = join(dist(), name);
    const code = globSync('*.js', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'));
    expect(code.join()).not.toContain('RunInstancesRequest');
    expect(code.join()).toContain('DescribeImagesRequest');
  });

  it('report has no call that writes, but those that put the report into the bucket and events on a bus', () => {
    const calls = sourcesOf(join(dist(), 'report')).flatMap((source) => {
      const [, client, operation = ''] = COMMAND.exec(source) ?? [];
      return client === undefined ? [] : `${client}.${operation}`;
    });
    expect(calls).toContain('ec2.DescribeImages');
    // S3's client opens sessions for directory buckets by itself.
    expect(calls.filter((call) => !/\.(?:Describe|List|Get|BatchGet|Head)/.test(call)).sort()).toEqual([
      'eventbridge.PutEvents',
      's3.CreateSession',
      's3.PutObject',
    ]);
  });

  it.each(ALL)('%s starts without what only some runs need, or none at once', (name) => {
    const folder = join(dist(), name);
    const later =
      /^node_modules\/(?:yaml\/|@aws-sdk\/client-(?:batch|cloudformation|codebuild|dlm|elastic-beanstalk|emr|imagebuilder|lambda|rds|sagemaker|scheduler|sfn|sns|secrets-manager)\/(?!package))|^src\/report\/(?:html|schema)\//;
    const atStart = sourcesOf(folder, filesAtStart(folder));
    expect(atStart).toContain(`src/handlers/${name}.ts`);
    expect(atStart.filter((source) => later.test(source))).toEqual([]);
    expect(sourcesOf(folder).filter((source) => later.test(source)).length).toBeGreaterThan(10);
  });
}
