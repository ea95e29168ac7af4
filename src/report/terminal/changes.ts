import { count } from '../../text/format.ts';
import { terminalText } from '../../text/untrusted.ts';
import { changedImages, changeSentence, changesSentence, changeTitle } from '../changes/sentences.ts';
import type { Report } from '../shape.ts';
import { rows, wrapped } from './layout.ts';
import type { Palette } from './palette.ts';

interface Screen {
  readonly width: number;
  readonly palette: Palette;
  readonly mostRows: number;
}

const ID_WIDTH = 22;
const CHANGE_WIDTH = 20;

/** What is new and what is decided differently since the earlier report in the same place. */
export function changesSection({ changes }: Report, { width, palette, mostRows }: Screen): string[] {
  if (changes === undefined) return [];
  const told = wrapped(`${palette.bold(palette.cyan('changes'))}  ${terminalText(changesSentence(changes))}`, width);
  if (changes.status === 'not-compared' || changes.images.length === 0) return [told];
  const columns = [
    { head: palette.dim('Change'), fixed: CHANGE_WIDTH },
    { head: palette.dim('Image'), fixed: ID_WIDTH },
    { head: palette.dim('Name, owner'), share: 2 },
    { head: palette.dim('Now, and why'), share: 4 },
  ];
  const cells = changedImages(changes)
    .slice(0, mostRows)
    .map((image) => [
      changeTitle(image),
      terminalText(image.imageId),
      [image.name, image.owner ?? '']
        .filter((part) => part !== '')
        .map(terminalText)
        .join('\n'),
      terminalText(changeSentence(image)),
    ]);
  const more = changes.images.length - cells.length;
  return [
    [
      told,
      rows(columns, cells, width),
      ...(more > 0 ? [wrapped(palette.dim(`… and ${count(more)} more; other formats list them all.`), width, 2)] : []),
    ].join('\n'),
  ];
}
