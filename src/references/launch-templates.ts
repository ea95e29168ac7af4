import {
  type DescribeLaunchTemplateVersionsCommandInput,
  type EC2Client,
  type LaunchTemplateVersion,
  paginateDescribeLaunchTemplateVersions,
} from '@aws-sdk/client-ec2';
import { failureOf } from '../aws/errors.ts';
import { essential, itemsOf, type Requests } from '../aws/requests.ts';
import type { Reference } from '../model/reference.ts';
import type { SourceName } from '../model/sources.ts';
import type { Finder, Finding } from './finder.ts';
import { imageFindings, snapshotFindings } from './findings.ts';
import { type CountedVersion, type MissingVersions, TemplateVersions, type VersionRow } from './template-versions.ts';

/** Asking every group for its refreshes takes longest: what the others name is read meanwhile. */
const isSlow = (source: SourceName) => source === 'instance-refreshes';

/**
 * Launch templates, used by anything or not: `$Default` and `$Latest` of every template in pages of 200,
 * then, one call a template, only the versions beyond those that something names or the policy asks for.
 */
export const launchTemplates: Finder = {
  source: 'launch-templates',
  async *find({ clients, requests, settings, mentions }) {
    const mode = settings.launchTemplateVersions;
    const read: Read = (question) => readVersions(clients.ec2, question, requests);
    // Without an id or name only these two may be asked for, and the answer covers every template.
    const versions = new TemplateVersions(await read({ Versions: ['$Latest', '$Default'] }));
    const readFurther = async (missing: readonly MissingVersions[]) => {
      versions.add((await requests.sendAll(missing, (some) => readMissing(read, some))).flat());
      for (const some of missing) versions.noteRead(some);
    };
    const soon = await mentions('launch-template', (source) => !isSlow(source));
    await readFurther(versions.missing(mode, versions.resolve(soon)));
    const late = await mentions('launch-template', isSlow);
    await readFurther(versions.missing(mode, versions.resolve(late)));
    await readFurther([...versions.lacking(mode)]);

    requests.items = versions.size;
    const named = versions.resolve([...soon, ...late]);
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
  'LaunchTemplateId' | 'LaunchTemplateName' | 'Versions' | 'MinVersion'
>;
type Read = (question: Question) => Promise<VersionRow[]>;

/** The versions of templates that a question asks for, with all that counts of them. */
export async function readVersions(client: EC2Client, question: Question, requests?: Requests): Promise<VersionRow[]> {
  const input = { ...question, MaxResults: 200, IncludeManagedResources: true };
  const versions = paginateDescribeLaunchTemplateVersions({ client }, input);
  return Array.fromAsync(itemsOf(versions, 'LaunchTemplateVersions', requests), rowOf);
}

const NUMBERS_A_CALL = 200;

/**
 * Reads some versions of a template. The call fails whole where one of them is gone: then all that are left
 * are read, so that one that is gone hides no other. A template that is gone has none.
 */
async function readMissing(read: Read, missing: MissingVersions): Promise<VersionRow[]> {
  const { template } = missing;
  const which: Question = 'id' in template ? { LaunchTemplateId: template.id } : { LaunchTemplateName: template.name };
  try {
    if ('after' in missing) {
      // Whether `MinVersion` itself is in the answer is documented both ways, and does not matter here.
      return await read(missing.after === 0 ? which : { ...which, MinVersion: String(missing.after) });
    }
    if (missing.numbers.length > NUMBERS_A_CALL) return await read(which);
    return await read({ ...which, Versions: missing.numbers.map(String) }).catch((error: unknown) => {
      if (isMissing(error)) return read(which);
      throw error;
    });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Gone, or never a version or an id at all: neither is in anyone's way. */
function isMissing(error: unknown): boolean {
  return failureOf(error).kind === 'not-found';
}

function rowOf(version: LaunchTemplateVersion): VersionRow {
  const templateId = essential(version.LaunchTemplateId, 'LaunchTemplateId of a version');
  const data = essential(version.LaunchTemplateData, `LaunchTemplateData of a version of ${templateId}`);
  return {
    templateId,
    templateName: essential(version.LaunchTemplateName, `LaunchTemplateName of ${templateId}`),
    // The SDK reads an empty number as zero; versions count from one.
    version: essential(version.VersionNumber || undefined, `VersionNumber of a version of ${templateId}`),
    isDefault: essential(version.DefaultVersion, `DefaultVersion of a version of ${templateId}`),
    // A template may name no image.
    imageValue: data.ImageId,
    blockDevices: data.BlockDeviceMappings ?? [],
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
