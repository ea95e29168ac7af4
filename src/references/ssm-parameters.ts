import {
  DescribeParametersCommand,
  GetParametersCommand,
  type Parameter,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { listOf, pages } from '../aws/pages.ts';
import { matchesGlob } from '../model/glob.ts';
import { imageIdsIn } from '../model/ids.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';

/**
 * SSM parameters: all of data type `aws:ec2:image`, text parameters whose names the policy gives, and every
 * parameter that something names with `resolve:ssm:`, at its version or label.
 */
export const ssmParameters: Finder = {
  source: 'ssm-parameters',
  after: [
    'auto-scaling-groups',
    'instance-refreshes',
    'launch-configurations',
    'spot-fleets',
    'ec2-fleets',
    'spot-requests',
    'image-builder-recipes',
    'batch-compute-environments',
    'launch-templates',
  ],
  async *find(context) {
    const standing = await listNames(context);
    const named = Map.groupBy(await context.mentions('parameter'), ({ name }) => name);
    const names = new Set([...standing, ...named.keys()]);
    const answers = await context.requests.sendAll(batchesOf(names), (batch) =>
      context.clients.ssm.send(new GetParametersCommand({ Names: batch })),
    );
    for (const answer of answers) {
      for (const parameter of listOf(answer.Parameters, 'Parameters')) {
        const asked = nameAsked(parameter, names);
        yield* findingsOf(
          parameter,
          asked,
          (named.get(asked) ?? []).map(({ namedBy }) => namedBy),
        );
      }
      for (const gone of answer.InvalidParameters ?? []) {
        const namedBy = (named.get(gone) ?? []).map((mention) => mention.namedBy);
        if (namedBy.length > 0) yield { finds: 'dangling', missing: `parameter ${gone}`, namedBy };
      }
    }
  },
};

/** The names of image parameters, and of the text parameters that the policy asks for. */
async function listNames({ clients, requests, settings }: FinderContext): Promise<Set<string>> {
  const names = new Set<string>();
  const list = async (filter: ParameterStringFilter, wanted: (name: string) => boolean) => {
    const answers = pages(
      (NextToken) =>
        requests.send(() =>
          clients.ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter], MaxResults: 50, NextToken })),
        ),
      (page) => page.NextToken,
    );
    for await (const page of answers) {
      for (const { Name } of listOf(page.Parameters, 'Parameters'))
        if (Name !== undefined && wanted(Name)) names.add(Name);
    }
  };
  await list({ Key: 'DataType', Option: 'Equals', Values: ['aws:ec2:image'] }, () => true);
  for (const glob of settings.ssmParameters) {
    const prefix = literalPrefixOf(glob);
    const filter: ParameterStringFilter =
      prefix === ''
        ? { Key: 'Type', Option: 'Equals', Values: ['String', 'StringList'] }
        : { Key: 'Name', Option: 'BeginsWith', Values: [prefix] };
    await list(filter, (name) => matchesGlob(glob, name));
  }
  return names;
}

function literalPrefixOf(glob: string): string {
  return /^[^*?\\]*/.exec(glob)?.[0] ?? '';
}

const NAMES_A_CALL = 10;

/** Batches of ten in which no parameter stands twice: it is undocumented whether two selectors of one may. */
function batchesOf(names: ReadonlySet<string>): string[][] {
  const batches: { names: string[]; bases: Set<string> }[] = [];
  let firstOpen = 0;
  for (const name of names) {
    const base = baseOf(name);
    let at = firstOpen;
    while (batches[at] !== undefined && (batches[at]?.names.length === NAMES_A_CALL || batches[at]?.bases.has(base)))
      at += 1;
    const batch = batches[at] ?? { names: [], bases: new Set() };
    batches[at] = batch;
    batch.names.push(name);
    batch.bases.add(base);
    while (batches[firstOpen]?.names.length === NAMES_A_CALL) firstOpen += 1;
  }
  return batches.map((batch) => batch.names);
}

/** A parameter's name without its version or label; an ARN has colons of its own. */
function baseOf(name: string): string {
  if (name.startsWith('arn:')) return name.split(':').slice(0, 6).join(':');
  return name.split(':', 1)[0] ?? name;
}

/** The name under which a parameter was asked for: the answer holds its selector apart. */
function nameAsked(parameter: Parameter, names: ReadonlySet<string>): string {
  const selector = parameter.Selector ?? '';
  const suffix = selector === '' || selector.startsWith(':') ? selector : `:${selector}`;
  const candidates = [
    `${parameter.Name}${suffix}`,
    `${parameter.ARN}${suffix}`,
    parameter.Name ?? '',
    parameter.ARN ?? '',
  ];
  return candidates.find((candidate) => names.has(candidate)) ?? parameter.Name ?? '';
}

function* findingsOf(parameter: Parameter, asked: string, namedBy: readonly string[]): Generator<Finding> {
  const imageIds = parameter.Type === 'SecureString' ? [] : imageIdsIn(parameter.Value ?? '');
  const detail = `version ${parameter.Version}`;
  for (const imageId of imageIds) {
    yield { finds: 'image', imageId, reference: { kind: 'ssm:Parameter', resource: asked, detail, namedBy } };
  }
  if (imageIds.length === 0 && namedBy.length > 0) {
    yield { finds: 'dangling', missing: `parameter ${asked}, which holds no image id,`, namedBy };
  }
}
