import { resourceOf } from '../model/action-ref.ts';
import { count, counted, day } from '../text/format.ts';
import { changeGroups, changeSentence } from './changes.ts';
import { briefReasons } from './distinguishing.ts';
import type { Lookup } from './grouping.ts';
import { refusedRows, refusedSentence } from './notifications.ts';
import { reasonSentence, whySentence, whySnapshot } from './reason-sentences.ts';
import { referencesText, referenceText } from './references.ts';
import { actionSentence, criticalInUse, fixText, outcomeSentence } from './sentences.ts';
import type { Report, ReportAction, ReportChanges, ReportImage, ReportMissingImage, ReportReason } from './shape.ts';

/*
 * What reports show in every medium: lists of lines, and tables of what is done to, or has changed with, an image or a
 * snapshot. All of it may hold anyone's words: the renderers of the media neutralise them.
 */

/** Lines under a title, which may be empty; nothing is shown where there are none. */
export interface ListSection {
  readonly title: string;
  readonly lines: readonly string[];
  readonly isBad?: true;
}

/** Rows under a title. */
export interface TableSection {
  readonly title: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A number, a text, or what a page links or shows as bad; `isolated` are anyone's words after the text. */
export type Cell =
  | number
  | string
  | Partial<Readonly<Record<'text' | 'isolated' | 'href' | 'look', string | undefined>>>;

/** What is done to one image or snapshot, or has changed with it, and why. */
export interface ResourceRow extends Readonly<Record<'resourceId' | 'name' | 'owner' | 'what' | 'why', string>> {
  /** Whether the report lists it among its images. */
  readonly isListed: boolean;
  /** Why, in chips of a few words, the most telling first; empty where there is only the sentence. */
  readonly brief: readonly string[];
  /** How an action ended; empty in a dry run. */
  readonly outcome: string;
  readonly status?: 'done' | 'skipped' | 'failed';
}

/** The lists of a report, by what they are about. */
export function listsOf(
  report: Report,
  namesText = (names: readonly string[]) => names.join(' and '),
): Readonly<
  Record<
    'rules' | 'refused' | 'restarted' | 'critical' | 'stale' | 'missing' | 'dangling' | 'leftovers' | 'warnings',
    ListSection
  >
> {
  const {
    rules = [],
    restarted = [],
    vestigial,
    missingImages = [],
    imageBuilderLeftovers = [],
    dangling,
    warnings,
  } = report;
  return {
    rules: { title: 'Images by rule', lines: rules.map(ruleText) },
    refused: { title: 'Refused by AWS', lines: refusedRows(report).map(refusedSentence) },
    restarted: {
      title: 'Launched after their deprecation: their waits began anew',
      lines: restarted.map(
        ({ imageId, name, deprecatedAt, launchedAt }) =>
          `${imageId} ${name}: deprecated on ${day(deprecatedAt)}, launched on ${day(launchedAt)}`,
      ),
    },
    critical: { title: 'In use, with critical findings', lines: criticalInUse(report).map(criticalText) },
    stale: {
      title: 'Images kept only by a reference that appears unused',
      lines: vestigial.map((reference) => `${reference.imageId}: ${referenceText(reference)}`),
    },
    missing: {
      title: 'References to missing images: what names them cannot launch',
      lines: missingImages.map(missingText),
    },
    dangling: {
      title: 'References to missing resources',
      lines: dangling.map(({ missing, namedBy }) =>
        namedBy.length === 0 ? missing : `${missing}, named by ${namesText(namedBy)}`,
      ),
    },
    leftovers: {
      title: 'Image Builder image resources whose AMIs are gone, to be deleted by hand',
      lines: imageBuilderLeftovers.map(({ arn }) => deleteBuildCommand(arn)),
    },
    warnings: { title: 'Warnings', lines: warnings },
  };
}

/** `golden images: 112 images, 14 due; 20 groups, 3 of one image`. */
function ruleText({ rule, images, due, groups = 0, groupsOfOne = 0 }: NonNullable<Report['rules']>[number]): string {
  const name = rule ?? 'No rule';
  if (images === 0) return `${name}: no image`;
  const single = groupsOfOne === 0 ? '' : `, ${count(groupsOfOne)} of one image`;
  const grouped = groups === 0 ? '' : `; ${counted(groups, 'group')}${single}`;
  return `${name}: ${counted(images, 'image')}${rule === null ? ', never due' : `, ${count(due)} due`}${grouped}`;
}

/** `ami-… web-42, of team-web: a fix exists since 2026-11-01; ec2:LaunchTemplate lt-…; and 2 more`. */
function criticalText({ imageId, name, owner, fixAvailableSince, references }: ReportImage): string {
  const whose = owner === null ? '' : `, of ${owner}`;
  return `${imageId} ${name}${whose}: ${fixText(fixAvailableSince)}; ${referencesText(references)}`;
}

/** `ami-… (in the Recycle Bin): ec2:LaunchTemplate lt-…; and 2 more; 3 running instances`. */
function missingText({ imageId, inRecycleBin, namedBy, running }: ReportMissingImage): string {
  const bin = { true: ' (in the Recycle Bin)', false: '', null: ' (the Recycle Bin could not be read)' };
  const parts = [
    ...(namedBy.length === 0 ? [] : [referencesText(namedBy)]),
    ...(running === 0 ? [] : [counted(running, 'running instance')]),
  ];
  return `${imageId}${bin[`${inRecycleBin}`]}: ${parts.join('; ')}`;
}

/** The command that deletes an image resource; AWS refuses it for one that is shared, or that anything depends on. */
function deleteBuildCommand(arn: string): string {
  return `aws imagebuilder delete-image --region ${arn.split(':')[3]} --image-build-version-arn ${arn}`;
}

/** What an action does, to what, why, and how it ended. */
export function actionRow(action: ReportAction, { image, snapshot, outcome }: Lookup): ResourceRow {
  const about = image(action.imageId);
  const mapped = 'snapshotId' in action ? snapshot(action.snapshotId) : undefined;
  const why = 'snapshotId' in action ? mapped && whySnapshot(mapped) : about && whySentence(about);
  const ended = outcome(action);
  return {
    resourceId: resourceOf(action),
    isListed: !('snapshotId' in action),
    name: about?.name ?? '',
    owner: about?.owner ?? '',
    what: actionSentence(action),
    why: why ?? '',
    brief: 'snapshotId' in action || about === undefined ? [] : briefReasons(about),
    outcome: ended === undefined ? '' : outcomeSentence(ended),
    ...(ended && { status: ended.status }),
  };
}

/** The images that changed since an earlier report, the most telling first. */
export function changeRows(changes: ReportChanges): ResourceRow[] {
  if (changes.status === 'not-compared') return [];
  return changeGroups(changes).flatMap(({ title, images }) =>
    images.map((image) => ({
      resourceId: image.imageId,
      isListed: image.change !== 'gone',
      name: image.name,
      owner: image.owner ?? '',
      what: title,
      why: changeSentence(image),
      brief: [],
      outcome: '',
    })),
  );
}

/** Why one image is among those that a reason keeps. */
export function whyKept({ reasons, references }: ReportImage, code: ReportReason['code']): string {
  const reason = reasons.find((candidate) => candidate.code === code);
  return reason === undefined ? '' : reasonSentence(reason, references);
}

/** `… and 12 more`, where there are more than are shown. */
export function moreThan(most: number, all: number, where: string): string[] {
  return all > most ? [`… and ${count(all - most)} more${where}`] : [];
}
