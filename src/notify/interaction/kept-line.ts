import type { ImageId } from '../../model/ids.ts';
import { readKeep } from '../../model/keep.ts';
import { counted } from '../../text/format.ts';
import { code } from '../text.ts';

/** What a press came to, in a line: what it set, and what stays longer than that already. */
export function keptLine(userId: string, kept: ReadonlyMap<ImageId, string>, until: string): string {
  const parts = [...Map.groupBy([...kept], ([, value]) => value)].map(([value, list]) => {
    const which = nameOf(list.map(([imageId]) => imageId));
    return value === until ? `<@${userId}> keeps ${which} until ${until}` : `${which} ${staysUntil(value)}`;
  });
  const own = parts.filter((part) => part.startsWith('<@'));
  const others = parts.filter((part) => !part.startsWith('<@'));
  return own.length > 0 ? [...own, ...others].join('; ') : `<@${userId}> pressed keep: ${others.join('; ')}`;
}

function staysUntil(value: string): string {
  const keep = readKeep(value);
  if (keep.kind === 'for-ever') return 'is kept for ever already';
  if (keep.kind === 'unreadable') return `is kept already, by the tag’s value ${code(value, 80)}`;
  return `is kept until ${keep.date.toISOString().slice(0, 'YYYY-MM-DD'.length)} already`;
}

function nameOf([only, ...others]: readonly ImageId[]): string {
  return others.length === 0 ? (only ?? '') : counted(others.length + 1, 'image');
}
