import {
  DescribeParametersCommand,
  GetParametersCommand,
  type Parameter,
  type ParameterStringFilter,
} from '@aws-sdk/client-ssm';
import { failureOf } from '../aws/errors.ts';
import { BrokenAnswerError, listOf, pages } from '../aws/pages.ts';
import { globMatcher } from '../model/glob.ts';
import { imageIdsIn } from '../model/ids.ts';
import type { Finder, FinderContext, Finding } from './finder.ts';
import { firstNames } from './image-value.ts';
import { batchesOf } from './parameter-batches.ts';

/**
 * SSM parameters: all of data type `aws:ec2:image`, text parameters whose names the policy gives, and every
 * parameter that something names with `resolve:ssm:`, at its version or label.
 */
export const ssmParameters: Finder = {
  source: 'ssm-parameters',
  permissions: ['ssm:DescribeParameters', 'ssm:GetParameters'],
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
    const namersOf = (name: string) => firstNames((named.get(name) ?? []).map(({ namedBy }) => namedBy));
    const answers = await context.requests.sendAll(batchesOf(names), (batch) => readBatch(context, batch, standing));
    for (const { parameters, gone } of answers.flat()) {
      for (const parameter of parameters) {
        const asked = nameAsked(parameter, names);
        yield* findingsOf(parameter, asked, namersOf(asked));
      }
      for (const name of gone) {
        const namedBy = namersOf(name);
        if (namedBy.length > 0) yield { finds: 'dangling', missing: `parameter ${name}`, namedBy };
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
    await list(filter, globMatcher(glob));
  }
  return names;
}

function literalPrefixOf(glob: string): string {
  return /^[^*?\\]*/.exec(glob)?.[0] ?? '';
}

interface Answer {
  readonly parameters: readonly Parameter[];
  readonly gone: readonly string[];
}

/**
 * Reads up to ten parameters. SSM refuses the call whole where one of the names could be nobody's; each is then
 * asked for on its own, so that a template's nonsense hides no other parameter.
 */
async function readBatch(
  context: FinderContext,
  batch: readonly string[],
  standing: ReadonlySet<string>,
): Promise<Answer[]> {
  try {
    const command = new GetParametersCommand({ Names: [...batch] });
    const answer = await context.requests.send(() => context.clients.ssm.send(command));
    const parameters = listOf(answer.Parameters, 'Parameters');
    const gone = answer.InvalidParameters ?? [];
    if (parameters.length + gone.length < batch.length) {
      throw new BrokenAnswerError(
        `the answer tells of ${parameters.length + gone.length} of ${batch.length} parameters`,
      );
    }
    return [{ parameters, gone }];
  } catch (error) {
    const [only] = batch;
    if (failureOf(error).code !== 'ValidationException' || only === undefined) throw error;
    if (batch.length > 1) return (await Promise.all(batch.map((name) => readBatch(context, [name], standing)))).flat();
    // What AWS itself listed can be asked for.
    if (standing.has(only)) throw error;
    return [{ parameters: [], gone: [only] }];
  }
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
