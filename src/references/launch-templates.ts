import {
  DescribeLaunchTemplateVersionsCommand,
  type DescribeLaunchTemplateVersionsCommandInput,
  type LaunchTemplateVersion,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { listOf, pages } from '../aws/pages.ts';
import type { Reference } from '../model/reference.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { imageFindings, snapshotFindings } from './image-value.ts';
import { type CountedVersion, type MissingVersions, TemplateVersions, type VersionRow } from './template-versions.ts';

/**
 * Launch templates, used by anything or not: `$Default` and `$Latest` of every template in pages of 200,
 * then, one call a template, only the versions beyond those that something names or the policy asks for.
 */
export const launchTemplates: Finder = {
  source: 'launch-templates',
  after: [
    'auto-scaling-groups',
    'instance-refreshes',
    'instances',
    'spot-fleets',
    'ec2-fleets',
    'batch-compute-environments',
  ],
  async *find(context) {
    const mode = context.settings.launchTemplateVersions;
    // Without an id or name only these two may be asked for, and the answer covers every template.
    const versions = new TemplateVersions(await readVersions(context, { Versions: ['$Latest', '$Default'] }));
    const mentions = await context.mentions('launch-template');
    const missing = versions.missing(mode, versions.resolve(mentions));
    const further = await context.requests.sendAll(missing, (wanted) => readMissing(context, wanted));
    versions.add(further.flat());

    const named = versions.resolve(mentions);
    for (const row of versions.counted(mode, named)) yield* findingsOf(row);
    for (const entry of named) {
      if (versions.has(entry) || entry.past) continue;
      const template = 'id' in entry.template ? entry.template.id : `"${entry.template.name}"`;
      yield { finds: 'dangling', missing: `launch template ${template} version ${entry.text}`, namedBy: entry.namedBy };
    }
  },
};

type Question = Pick<
  DescribeLaunchTemplateVersionsCommandInput,
  'LaunchTemplateId' | 'LaunchTemplateName' | 'Versions'
>;

async function readVersions({ clients, requests }: FinderContext, question: Question): Promise<VersionRow[]> {
  const rows: VersionRow[] = [];
  const answers = pages(
    (NextToken) =>
      requests.send(() =>
        clients.ec2.send(
          new DescribeLaunchTemplateVersionsCommand({
            ...question,
            MaxResults: 200,
            IncludeManagedResources: true,
            NextToken,
          }),
        ),
      ),
    (page) => page.NextToken,
  );
  for await (const page of answers)
    rows.push(...listOf(page.LaunchTemplateVersions, 'LaunchTemplateVersions').map(rowOf));
  return rows;
}

const NUMBERS_A_CALL = 200;

/**
 * Reads some versions of a template. The call fails whole where one of them is gone: then all that are left
 * are read, so that one that is gone hides no other. A template that is gone has none.
 */
async function readMissing(context: FinderContext, { template, numbers }: MissingVersions): Promise<VersionRow[]> {
  const which: Question = 'id' in template ? { LaunchTemplateId: template.id } : { LaunchTemplateName: template.name };
  try {
    if (numbers !== 'all' && numbers.length <= NUMBERS_A_CALL) {
      return await readVersions(context, { ...which, Versions: numbers.map(String) }).catch((error: unknown) => {
        if (failureOf(error).kind === 'not-found') return readVersions(context, which);
        throw error;
      });
    }
    return await readVersions(context, which);
  } catch (error) {
    if (failureOf(error).kind === 'not-found') return [];
    throw error;
  }
}

function rowOf(version: LaunchTemplateVersion): VersionRow {
  return {
    templateId: version.LaunchTemplateId ?? '',
    templateName: version.LaunchTemplateName ?? '',
    version: version.VersionNumber ?? Number.NaN,
    isDefault: version.DefaultVersion ?? false,
    imageValue: version.LaunchTemplateData?.ImageId,
    blockDevices: version.LaunchTemplateData?.BlockDeviceMappings ?? [],
  };
}

function* findingsOf(row: CountedVersion): Generator<Finding> {
  const marks = [...(row.isDefault ? ['$Default'] : []), ...(row.isLatest ? ['$Latest'] : [])];
  const reference: Reference = {
    kind: 'ec2:LaunchTemplate',
    resource: row.templateId,
    detail: [`"${row.templateName}" version ${row.version}`, ...marks].join(', '),
    namedBy: row.namedBy,
  };
  yield* imageFindings(row.imageValue, reference);
  yield* snapshotFindings(row.blockDevices, reference);
}
