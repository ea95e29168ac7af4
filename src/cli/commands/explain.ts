import { isSnapshotId } from '../../model/ids.ts';
import { PASSES } from '../../model/plan.ts';
import { isAskedFor, narrowReader } from '../../observe/narrow-reader.ts';
import { explainImage, explainMarkdown, explainSnapshot, explainTerminal } from '../../report/explain.ts';
import type { Report } from '../../report/report.ts';
import { nearestWord, quoted } from '../../validation/problem.ts';
import { EXIT, type ExitCode, type Io, print, UsageError } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { terminalOf } from '../render.ts';
import { planReport } from './plan.ts';

/** Ids of anything else: what is meant is not here. */
const OTHER_ID = /^(?!ami-|snap-)[a-z]{1,8}-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;

/**
 * Prints the whole reasoning for one image or snapshot: as text, as Markdown, or as its entry of report.json.
 * @param asked an image's id or name, or a snapshot's id
 */
export async function explain(io: Io, asked: string, options: PlanOptions): Promise<ExitCode> {
  if (OTHER_ID.test(asked)) {
    throw new UsageError(`"${asked}" is not an image id; give an image's id or name, or a snapshot's id`);
  }
  const report = await planReport(io, PASSES, options, (reader, policy) => narrowReader(reader, policy, asked));
  const images = report.images.filter((image) => isAskedFor(image, asked));
  const snapshots = report.snapshots.filter(({ snapshotId }) => snapshotId === asked);
  if (images.length + snapshots.length === 0) throw new UsageError(notFound(asked, report));
  const explanations = [
    ...snapshots.map((snapshot) => explainSnapshot(report, snapshot)),
    ...images.map((image) => explainImage(report, image)),
  ];
  const [entry] = isSnapshotId(asked) ? snapshots : images;
  const text = {
    json: () => JSON.stringify(entry, null, 2),
    markdown: () => explainMarkdown(explanations),
    table: () => explanations.map((one) => explainTerminal(one, terminalOf(io))).join('\n'),
  };
  await print(io, text[options.format === 'json' || options.format === 'markdown' ? options.format : 'table']());
  return report.complete ? EXIT.done : EXIT.failed;
}

function notFound(asked: string, { images, target }: Report): string {
  const names = images.flatMap(({ imageId, name }) => [name, imageId]).filter((one) => one !== '');
  const nearest = nearestWord(asked, names);
  const hint = nearest === undefined ? 'check the Region and the account' : `did you mean ${quoted(nearest)}?`;
  return `${quoted(asked)} is not an image or a snapshot of account ${target.accountId} in ${target.region}; ${hint}`;
}
