import { isImageId } from '../../model/ids.ts';
import { PASSES } from '../../model/plan.ts';
import { imageReader } from '../../observe/image-reader.ts';
import { explainTerminal } from '../../report/terminal/explain.ts';
import { EXIT, type ExitCode, UsageError } from '../errors.ts';
import { type Io, print } from '../io.ts';
import type { PlanOptions } from '../options.ts';
import { terminalOf } from '../render.ts';
import { planReport } from './plan.ts';

/** Prints the whole reasoning for one image, as text or (`--format json`) as its entry of report.json. */
export async function explain(io: Io, imageId: string, options: PlanOptions): Promise<ExitCode> {
  if (!isImageId(imageId)) {
    throw new UsageError(`"${imageId}" is not an image id; give one such as ami-0123456789abcdef0`);
  }
  if (options.format !== 'table' && options.format !== 'json') {
    throw new UsageError(`explain prints --format table or json, not ${options.format}`);
  }
  const report = await planReport(io, PASSES, options, (reader, policy) => imageReader(reader, policy, imageId));
  const image = report.images.find((one) => one.imageId === imageId);
  if (image === undefined) {
    throw new UsageError(
      `${imageId} is not an image of account ${report.target.accountId} in ${report.target.region}; check the Region and the account`,
    );
  }
  const text =
    options.format === 'json' ? JSON.stringify(image, null, 2) : explainTerminal(report, image, terminalOf(io));
  await print(io, text);
  return report.complete ? EXIT.done : EXIT.failed;
}
