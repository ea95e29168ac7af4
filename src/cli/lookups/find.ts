import { Criteria, type Found } from './criteria.ts';
import {
  BrokenFileError,
  globOf,
  isKnown,
  itemsOf,
  mappingsIn,
  membersOf,
  textsOf,
  UNKNOWN,
  under,
  type Value,
} from './value.ts';
import { readYaml } from './yaml.ts';

/** Everything in a file's values that looks for images, whichever tool it is for. */
export function* findIn(file: Value): Generator<Found> {
  for (const kind of ['aws_ami', 'aws_ami_ids', 'amazon-ami']) {
    for (const data of under(file, 'data', kind)) {
      for (const [name, bodies] of membersOf(data)) {
        for (const body of itemsOf(bodies)) yield* dataSource(`data.${kind}.${name}`, body, kind === 'aws_ami_ids');
      }
    }
  }
  for (const mapping of mappingsIn(file)) {
    for (const body of under(mapping, 'source_ami_filter')) yield* dataSource('source_ami_filter', body, false);
    const terms = membersOf(mapping).get('amiSelectorTerms');
    if (terms) yield* nodeClass(terms);
    for (const [, values] of membersOf(mapping)) for (const value of values) yield* embedded(value);
    yield* imageParameter(mapping);
  }
}

/** Kubernetes manifests in a text of Terraform's. */
function* embedded({ is, line }: Value): Generator<Found> {
  if (typeof is !== 'string' || !is.includes('amiSelectorTerms')) return;
  try {
    for (const document of readYaml(is, line)) yield* findIn(document);
  } catch (error) {
    if (!(error instanceof BrokenFileError)) throw error;
    yield { finds: 'note', line: error.line, says: `a manifest ${error.message}` };
  }
}

/** The value of a filter that leaves out nothing of one's own. */
const LEAVES_OUT_NOTHING: Readonly<Record<string, string>> = { state: 'available', 'image-type': 'machine' };
const FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  description: 'description',
  architecture: 'architecture',
  'virtualization-type': 'virtualizationType',
  'root-device-type': 'rootDeviceType',
};
const OWNERS = ['owner-id', 'owner-alias'];
/** Arguments that narrow what is found in a way that a lookup can't say. */
const NARROWING = ['name_regex', 'executable_users', 'dynamic'];

/** A data source of Terraform or Packer. What can't be said widens it, and then all that it may find is taken. */
function* dataSource(name: string, body: Value, isList: boolean): Generator<Found> {
  const criteria = new Criteria();
  const arguments_ = membersOf(body);
  criteria.own(textsOf(arguments_.get('owners') ?? []));
  for (const [filter, values] of filtersOf(body)) {
    const key = FIELDS[filter];
    const tag = /^tag:(.+)$/.exec(filter)?.[1];
    if (OWNERS.includes(filter)) criteria.own(values);
    else if (key !== undefined) criteria.add(key, values, filter);
    else if (tag !== undefined && isKnown(tag)) criteria.addTag(tag, values);
    else if (filter === 'tag-key' && values.length === 1 && values.every(isPlain))
      criteria.addTag(values[0] ?? '', ['*']);
    else if (!values.includes(LEAVES_OUT_NOTHING[filter] ?? UNKNOWN)) criteria.widen(`the filter ${told(filter)}`);
  }
  for (const argument of NARROWING) if (arguments_.has(argument)) criteria.widen(argument);
  const [isNewest = 'false'] = textsOf(arguments_.get('most_recent') ?? []);
  yield criteria.found({ name, line: body.line, take: isNewest === 'true' && !isList ? 'newest' : 'all' });
}

type Filter = readonly [name: string, values: readonly string[]];

/** Filters by name: Terraform's blocks, or Packer's mapping. */
function filtersOf(body: Value): Filter[] {
  const blocks = under(body, 'filter').map((block): Filter => {
    const [name = UNKNOWN] = textsOf(membersOf(block).get('name') ?? []);
    return [name, textsOf(membersOf(block).get('values') ?? [])];
  });
  const mappings = under(body, 'filters').flatMap((filters): Filter[] =>
    filters.is instanceof Map
      ? [...membersOf(filters)].map(([name, values]) => [name, textsOf(values)])
      : [[UNKNOWN, [UNKNOWN]]],
  );
  return [...blocks, ...mappings];
}

/** What Karpenter selects by: of each term the newest of each architecture. */
function* nodeClass(terms: readonly Value[]): Generator<Found> {
  const listed = itemsOf(terms);
  const [first] = terms;
  if (listed.length === 0 && first) yield { finds: 'note', line: first.line, says: 'amiSelectorTerms is not known' };
  for (const term of listed) {
    const { line } = term;
    const text = (key: string) => textsOf(membersOf(term).get(key) ?? [])[0];
    if (!(term.is instanceof Map)) yield { finds: 'note', line, says: 'amiSelectorTerms is not known' };
    else if (text('ssmParameter') !== undefined) yield parameter(text('ssmParameter') ?? '', line);
    // An id stands for itself, and an alias for images of Amazon's.
    else if (text('id') === undefined && text('alias') === undefined) {
      const criteria = new Criteria();
      criteria.own([text('owner') ?? 'self']);
      const name = text('name');
      if (name !== undefined) criteria.add('name', [name], 'name');
      for (const tags of under(term, 'tags')) {
        if (!(tags.is instanceof Map)) criteria.widen('tags');
        for (const [key, values] of membersOf(tags)) {
          if (isKnown(key)) criteria.addTag(key, textsOf(values));
          else criteria.widen('a tag whose key is not known');
        }
      }
      yield criteria.found({ name: 'amiSelectorTerms', line, take: 'newest' });
    }
  }
}

/** A parameter of CloudFormation's that Systems Manager resolves to an image. */
function* imageParameter(mapping: Value): Generator<Found> {
  const [type = ''] = textsOf(membersOf(mapping).get('Type') ?? []);
  if (!/^AWS::SSM::Parameter::Value<.*AWS::EC2::Image::Id>+$/.test(type)) return;
  const [name = UNKNOWN] = textsOf(membersOf(mapping).get('Default') ?? []);
  yield parameter(name, mapping.line);
}

/** What is not known of a name may be anything; of AWS's own parameters none names an image of anyone else. */
export function parameter(name: string, line: number): Found {
  if (name.replaceAll(UNKNOWN, '') === '') return { finds: 'note', line, says: 'the name of a parameter is not known' };
  return { finds: 'parameter', line, name: globOf(name) };
}

function isPlain(text: string): boolean {
  return isKnown(text) && !/[*?\\]/.test(text);
}

function told(text: string): string {
  return isKnown(text) ? `"${text}"` : 'whose name is not known';
}
