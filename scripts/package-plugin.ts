import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { withExistingBucket } from './package/existing-bucket.ts';
import { defaultProblems, parameters, unknownNames } from './package/parameters.ts';
import { addition, packaged, standalone } from './package/standalone.ts';

const framework = z.object({
  serviceDir: z.string(),
  configurationInput: z.object({ params: z.object({ default: z.record(z.string(), z.unknown()) }) }),
  service: z.object({
    service: z.string(),
    provider: z.object({ stage: z.string(), compiledCloudFormationTemplate: packaged }),
  }),
});
/** What is deployed into members and other Regions; beside the template, so that nobody needs a checkout. */
const TEMPLATES = {
  'deploy/organization/member.yml': 'member.yml',
  'deploy/organization/recycle-bin.yml': 'recycle-bin.yml',
};

/**
 * Serverless' hooks around packaging: refuses what CloudFormation would refuse later, and writes dist/package/, a template
 * and its files that need neither Node nor Serverless.
 */
export default class PackagePlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(serverless: unknown, { param = [] }: { readonly param?: readonly string[] }) {
    this.hooks = {
      'before:package:initialize': () => {
        const { configurationInput } = framework.omit({ service: true }).parse(serverless);
        refuse(unknownNames(param, [...Object.keys(configurationInput.params.default), 'memberExternalId']));
      },
      'before:aws:package:finalize:saveServiceState': async () => {
        const { serviceDir } = framework.pick({ serviceDir: true }).parse(serverless);
        const template = templateOf(serverless);
        const { Resources, Outputs } = template;
        const rules = parse(await readFile(join(serviceDir, 'deploy/rules.yml'), 'utf8'));
        Object.assign(template, rules, withExistingBucket({ Resources, Outputs }));
      },
      'after:package:finalize': () => write(framework.parse(serverless)),
    };
  }
}

async function write({ serviceDir, service: { service, provider } }: z.output<typeof framework>): Promise<void> {
  const { stage, compiledCloudFormationTemplate: template } = provider;
  refuse(defaultProblems(parameters.parse(template.Parameters)));
  const folder = join(serviceDir, 'dist', 'package');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const files = new Map<string, string>();
  for (const key of keysOf(template)) {
    const zip = await readFile(join(serviceDir, '.serverless', basename(key)));
    // CloudFormation updates a function where its file's name is another one.
    const file = `${basename(key, '.zip')}-${createHash('sha256').update(zip).digest('hex').slice(0, 16)}.zip`;
    files.set(key, file);
    await writeFile(join(folder, file), zip);
  }
  const added = addition.parse(parse(await readFile(join(serviceDir, 'deploy/standalone.yml'), 'utf8')));
  const made = standalone(template, added, { service, stage, fileOf: (key) => files.get(key) ?? key });
  await writeFile(join(folder, 'ami-janitor.json'), `${JSON.stringify(made, undefined, 1)}\n`);
  for (const [from, to] of Object.entries(TEMPLATES)) await copyFile(join(serviceDir, from), join(folder, to));
}

function keysOf({ Resources }: z.output<typeof packaged>): string[] {
  const code = z.object({ Properties: z.object({ Code: z.object({ S3Key: z.string() }) }) });
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map((resource) => code.parse(resource).Properties.Code.S3Key);
}

/** The template itself and no copy, so that what is added to it is packaged. */
function templateOf(serverless: unknown): { readonly Resources: unknown; readonly Outputs: unknown } {
  const template = z.custom<{ readonly Resources: unknown; readonly Outputs: unknown }>();
  return z
    .object({ service: z.object({ provider: z.object({ compiledCloudFormationTemplate: template }) }) })
    .parse(serverless).service.provider.compiledCloudFormationTemplate;
}

/** @throws Error with every problem in a line of its own, so that nothing is packaged. */
function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
