import { counted } from '../text/format.ts';
import { referencesText } from './references.ts';
import type { ReportMissingImage } from './shape.ts';

/** The title of the section. */
export const MISSING_TITLE = 'References to missing images: what names them cannot launch';

/** `ami-… (in the Recycle Bin): ec2:LaunchTemplate lt-…; and 2 more; 3 running instances`. */
export function missingText({ imageId, inRecycleBin, namedBy, running }: ReportMissingImage): string {
  const bin = { true: ' (in the Recycle Bin)', false: '', null: ' (the Recycle Bin could not be read)' };
  const parts = [
    ...(namedBy.length === 0 ? [] : [referencesText(namedBy)]),
    ...(running === 0 ? [] : [counted(running, 'running instance')]),
  ];
  return `${imageId}${bin[`${inRecycleBin}`]}: ${parts.join('; ')}`;
}
