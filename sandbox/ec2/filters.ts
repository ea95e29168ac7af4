import type { Filter, Tag } from '@aws-sdk/client-ec2';
import { ServiceError } from '../error.ts';

/** How EC2's filters find a resource's values; a name that is not listed is refused. */
export type FilterFields<Resource> = Readonly<Record<string, (resource: Resource) => readonly (string | undefined)[]>>;

/** EC2's wildcards: `*` for any text, `?` for one character, a backslash before either for itself. */
function pattern(value: string): RegExp {
  const source = value.replace(/\\([*?\\])|[*?]|[.+^${}()|[\]\\]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    if (found === '*') return '.*';
    return found === '?' ? '.' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function tagValues(name: string, tags: readonly Tag[]): readonly (string | undefined)[] {
  if (name === 'tag-key') return tags.map((tag) => tag.Key);
  const key = name.slice('tag:'.length);
  return tags.filter((tag) => tag.Key === key).map((tag) => tag.Value);
}

/** Those that pass every filter; a filter is passed where any of its values matches. */
export function filtered<Resource extends { readonly Tags?: Tag[] | undefined }>(
  resources: readonly Resource[],
  filters: readonly Filter[] | undefined,
  fields: FilterFields<Resource>,
): readonly Resource[] {
  const tests = (filters ?? []).map((filter) => testOf(filter, fields));
  return tests.length === 0 ? resources : resources.filter((resource) => tests.every((test) => test(resource)));
}

function testOf<Resource extends { readonly Tags?: Tag[] | undefined }>(
  filter: Filter,
  fields: FilterFields<Resource>,
): (resource: Resource) => boolean {
  const name = filter.Name ?? '';
  const patterns = (filter.Values ?? []).map(pattern);
  if (patterns.length === 0) throw new ServiceError('InvalidParameterValue', `The filter '${name}' has no values`);
  const isTag = name === 'tag-key' || name.startsWith('tag:');
  const field = fields[name];
  if (!isTag && field === undefined) throw new ServiceError('InvalidParameterValue', `The filter '${name}' is invalid`);
  return (resource) => {
    const values = isTag || field === undefined ? tagValues(name, resource.Tags ?? []) : field(resource);
    return values.some((value) => value !== undefined && patterns.some((wanted) => wanted.test(value)));
  };
}
