import { GROUPINGS, type Query, SORTS, START } from './query.ts';

const FILTERS = ['q', 'decision', 'rule', 'owner', 'reason'] as const;

/** The query that an address's fragment holds, so that a link can show a part: `#owner=web&decision=deprecate`. */
export function queryOf(fragment: string): Query | undefined {
  if (!fragment.includes('=')) return undefined;
  const members = new URLSearchParams(fragment.replace(/^#/, ''));
  const sort = SORTS.find((name) => name === members.get('sort')) ?? START.sort;
  const filters = FILTERS.flatMap((name) => {
    const value = members.get(name);
    return value === null || value === '' ? [] : [[name, value]];
  });
  const group = GROUPINGS.find((name) => name === members.get('group'));
  return { ...Object.fromEntries(filters), ...(group && { group }), sort, descending: members.get('down') === '1' };
}

/** The fragment that holds a query; nothing where it is the one that the page starts with. */
export function fragmentOf(query: Query): string {
  const members = new URLSearchParams();
  for (const name of FILTERS) {
    const value = query[name];
    if (value !== undefined && value !== '') members.set(name, value);
  }
  if (query.group !== undefined) members.set('group', query.group);
  if (query.sort !== START.sort) members.set('sort', query.sort);
  if (query.descending) members.set('down', '1');
  return members.size === 0 ? '' : `#${members}`;
}
