import { stringify } from 'yaml';
import { counted } from '../../text/format.ts';
import { printable } from '../../validation/problem.ts';
import type { Found, WrittenLookup } from './criteria.ts';
import type { Placed, ReadFiles } from './read-files.ts';

/** The `references` section of a policy that holds what was found, with where each comes from; and the image ids. */
export function sectionText({ files, found, imageIds }: ReadFiles): string {
  const lookups = lookupLines(found);
  const parameters = placesBy(
    found.flatMap((one) => (one.finds === 'parameter' && !one.name.startsWith('/aws/service/') ? [one] : [])),
    ({ name }) => name,
  );
  const notes = found.flatMap((one) => (one.finds === 'note' ? [comment(`${placeOf(one)} ${one.says}`)] : []));
  const ids = placesBy(imageIds, ({ imageId }) => imageId);
  return [
    comment(`What ${counted(files, 'file')} ${files === 1 ? 'looks' : 'look'} for, as a section of a policy.`),
    ...(lookups.length + parameters.size === 0 ? ['references: {}'] : ['references:']),
    ...(parameters.size > 0 ? ['  ssmParameters:'] : []),
    ...[...parameters].flatMap(([name, places]) => [indented(comment(places)), indented(stringify([name]))]),
    ...(lookups.length > 0 ? ['  lookups:'] : []),
    ...lookups.map(indented),
    ...(notes.length > 0 ? [comment('Not written as lookups:'), ...notes] : []),
    ...(ids.size > 0 ? [comment('Image ids; references.documents searches files for them in each run:')] : []),
    ...[...ids].map(([imageId, places]) => comment(`${imageId} ${places}`)),
  ].join('\n');
}

function placeOf({ file, line }: { readonly file: string; readonly line: number }): string {
  return `${file}:${line}`;
}

/** Each thing with all its places, in the order in which they were found. */
function placesBy<What extends Placed<object>>(
  all: readonly What[],
  keyOf: (one: What) => string,
): Map<string, string> {
  return new Map([...Map.groupBy(all, keyOf)].map(([key, some]) => [key, [...new Set(some.map(placeOf))].join(', ')]));
}

/** Each lookup once, under a name of its own, after its places and what of it is not known. */
function lookupLines(found: readonly Placed<Found>[]): string[] {
  const names = new Set<string>();
  const lookups = found.flatMap((one) => (one.finds === 'lookup' ? [one] : []));
  const alike = Map.groupBy(lookups, ({ lookup: { name: _, ...asked } }) => JSON.stringify(asked));
  return [...alike.values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const name = freeName(`${first.file} ${first.lookup.name}`, names);
    const widened = [...new Set(some.flatMap((one) => one.widened))];
    const lookup: WrittenLookup = { ...first.lookup, name };
    return [
      comment(some.map(placeOf).join(', ')),
      ...(widened.length > 0 ? [comment(`Not known: ${widened.join(', ')}. So it takes all that it may find.`)] : []),
      stringify([lookup], { lineWidth: 0 }).trimEnd(),
    ];
  });
}

function freeName(name: string, taken: Set<string>): string {
  let free = printable(name);
  for (let number = 2; taken.has(free); number += 1) free = `${printable(name)} ${number}`;
  taken.add(free);
  return free;
}

function comment(text: string): string {
  return `# ${printable(text)}`;
}

function indented(text: string): string {
  return text.trimEnd().replace(/^/gm, '    ');
}
