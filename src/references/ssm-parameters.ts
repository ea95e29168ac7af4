import {
  GetParametersCommand,
  type Parameter,
  type ParameterStringFilter,
  paginateDescribeParameters,
  paginateGetParametersByPath,
} from '@aws-sdk/client-ssm';
import { failureOf } from '../aws/errors.ts';
import { BrokenAnswerError, essential, itemsOf, listOf } from '../aws/requests.ts';
import { globMatcher } from '../model/glob.ts';
import { imageIdsIn } from '../model/ids.ts';
import { type Finder, type FinderContext, type Finding, unmatchedFindings } from './finder.ts';
import { firstNames } from './findings.ts';
import { batchesOf, canBeName, isNotShared, namesAccount, ownerOf } from './parameter-names.ts';

/**
 * SSM parameters: all of data type `aws:ec2:image`, text parameters whose names the policy gives (public ones too), and every
 * parameter that something names with `resolve:ssm:`, at its version or label.
 */
export const ssmParameters: Finder = {
  source: 'ssm-parameters',
  async *find(context) {
    const { standing, unmatched } = await listNames(context);
    const named = Map.groupBy(await context.mentions('parameter'), ({ name }) => name);
    const names = new Set([...standing, ...named.keys()]);
    const namersOf = (name: string) => firstNames((named.get(name) ?? []).map(({ namedBy }) => namedBy));
    const askable = new Set([...names].filter((name) => standing.has(name) || canBeName(name)));
    for (const name of names) {
      // SSM would refuse to look, as it refuses what a role may not see.
      if (!askable.has(name)) yield* dangling(`"${name}", which can be no parameter's name,`, namersOf(name));
    }
    const answers = await context.requests.sendAll(batchesOf(askable), (batch) => readBatch(context, batch, standing));
    context.requests.items = answers.flat().filter((answer) => !('missing' in answer)).length;
    for (const answer of answers.flat()) {
      if ('missing' in answer) yield* dangling(answer.missing, namersOf(answer.name));
      else {
        const asked = nameAsked(answer, names);
        yield* findingsOf(answer, asked, namersOf(asked));
      }
    }
    yield* unmatchedFindings(context, 'ssmParameters', unmatched);
  },
};

function* dangling(missing: string, namedBy: readonly string[]): Generator<Finding> {
  if (namedBy.length > 0) yield { finds: 'dangling', missing, namedBy };
}

/** The names of image parameters and of the text parameters that the policy asks for, and its globs that match nothing. */
async function listNames(context: FinderContext) {
  const standing = new Set(await list(context, { Key: 'DataType', Option: 'Equals', Values: ['aws:ec2:image'] }));
  const unmatched: string[] = [];
  for (const { pattern: glob, mayBeEmpty } of context.settings.ssmParameters) {
    const prefix = literalPrefixOf(glob);
    const filter: ParameterStringFilter =
      prefix === '' ? TEXT : { Key: 'Name', Option: 'BeginsWith', Values: [prefix] };
    const names = isPublic(glob) ? listPublic(context, prefix) : list(context, filter);
    const matching = (await names).filter(globMatcher(glob));
    for (const name of matching) standing.add(name);
    if (matching.length === 0 && !mayBeEmpty) unmatched.push(glob);
  }
  return { standing, unmatched };
}

const TEXT: ParameterStringFilter = { Key: 'Type', Option: 'Equals', Values: ['String', 'StringList'] };

type Listing = Pick<FinderContext, 'clients' | 'requests'>;

/** The names of all text parameters; their values are not read. */
export function textParameterNames(context: Listing): Promise<string[]> {
  return list(context, TEXT);
}

function list({ clients, requests }: Listing, filter: ParameterStringFilter): Promise<string[]> {
  const input = { ParameterFilters: [filter], MaxResults: 50 };
  const parameters = paginateDescribeParameters({ client: clients.ssm }, input);
  return Array.fromAsync(itemsOf(parameters, 'Parameters', requests), ({ Name }) =>
    essential(Name, 'Name of a parameter'),
  );
}

/** AWS's own, and those that it keeps for publishers: nobody else can have such a name. */
function isPublic(glob: string): boolean {
  return glob.startsWith('/aws/service/');
}

/** `DescribeParameters` tells of no public parameter; by its path each can be had. */
function listPublic({ clients, requests }: Listing, prefix: string): Promise<string[]> {
  const input = { Path: prefix.slice(0, prefix.lastIndexOf('/')), Recursive: true, MaxResults: 10 };
  const parameters = paginateGetParametersByPath({ client: clients.ssm }, input);
  return Array.fromAsync(itemsOf(parameters, 'Parameters', requests), ({ Name }) =>
    essential(Name, 'Name of a parameter'),
  );
}

function literalPrefixOf(glob: string): string {
  return /^[^*?\\]*/.exec(glob)?.[0] ?? '';
}

/** A parameter that nobody here can launch with, in words: it is gone, or of another account that shares it no longer. */
interface MissingParameter {
  readonly name: string;
  readonly missing: string;
}

/**
 * Reads up to ten parameters. SSM refuses the call whole where one of the names could be nobody's or is another
 * account's that is not shared; each is then asked for on its own, so that one template's name hides no other's.
 */
async function readBatch(
  context: FinderContext,
  batch: readonly string[],
  standing: ReadonlySet<string>,
): Promise<(Parameter | MissingParameter)[]> {
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
    return [...parameters, ...gone.map((name) => ({ name, missing: `parameter ${name}` }))];
  } catch (error) {
    const { kind, code } = failureOf(error);
    const [only] = batch;
    const others = kind === 'denied' && batch.some(namesAccount);
    if ((code !== 'ValidationException' && !others) || only === undefined) throw error;
    if (batch.length > 1) return (await Promise.all(batch.map((name) => readBatch(context, [name], standing)))).flat();
    // What AWS itself listed can be asked for.
    if (standing.has(only)) throw error;
    if (kind !== 'denied') return [{ name: only, missing: `parameter ${only}` }];
    if (!(error instanceof Error && isNotShared(only, error.message))) throw error;
    return [await readAtOwner(context, only)];
  }
}

/**
 * What is not shared with this account now may be again in a minute: where its owner is one of many accounts that are gone
 * through, it says what the parameter holds.
 * @throws what keeps the owner from being asked: what the parameter holds is unknown then
 */
async function readAtOwner({ clients, requests }: FinderContext, name: string): Promise<Parameter | MissingParameter> {
  const owner = ownerOf(name);
  const ssm = owner && (await clients.ownersSsm?.(owner.accountId, owner.region));
  if (ssm === undefined) return { name, missing: `parameter ${name}, which is not shared with this account,` };
  const answer = await requests.send(() => ssm.send(new GetParametersCommand({ Names: [name] })));
  const [parameter] = listOf(answer.Parameters, 'Parameters');
  return parameter ?? { name, missing: `parameter ${name}` };
}

/** The name under which a parameter was asked for: the answer holds its selector apart. */
function nameAsked(parameter: Parameter, names: ReadonlySet<string>): string {
  const name = essential(parameter.Name, 'Name of a parameter');
  const selector = parameter.Selector ?? '';
  const suffix = selector === '' || selector.startsWith(':') ? selector : `:${selector}`;
  const candidates = [`${name}${suffix}`, `${parameter.ARN}${suffix}`, name, parameter.ARN ?? ''];
  return candidates.find((candidate) => names.has(candidate)) ?? name;
}

function* findingsOf(parameter: Parameter, asked: string, namedBy: readonly string[]): Generator<Finding> {
  const value = essential(parameter.Value, `Value of the parameter ${asked}`);
  const imageIds = parameter.Type === 'SecureString' ? [] : imageIdsIn(value);
  const detail = `version ${parameter.Version}`;
  for (const imageId of imageIds) {
    yield { finds: 'image', imageId, reference: { kind: 'ssm:Parameter', resource: asked, detail, namedBy } };
  }
  if (imageIds.length === 0 && namedBy.length > 0) {
    yield { finds: 'dangling', missing: `parameter ${asked}, which holds no image id,`, namedBy };
  }
}
