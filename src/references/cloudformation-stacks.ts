import {
  CloudFormationClient,
  GetTemplateCommand,
  type Output,
  type Parameter,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { BrokenAnswerError, essential, itemsOf } from '../aws/requests.ts';
import { imageIdsIn } from '../model/ids.ts';
import { type Finder, type FinderContext, type Finding, readByName, UnreadableSourceError } from './finder.ts';
import { nameOf, reference, textFindings } from './findings.ts';

const KIND = 'cloudformation:Stack';
/** What CloudFormation shows for the value of a parameter with `NoEcho`, to everybody. */
const MASKED = /^\*+$/;
const SPEAKS_OF_IMAGE = /(?:ami|image)(?:ids?)?$/i;

/** CloudFormation stacks: image ids in their parameters and outputs, and in the templates that the policy names. */
export const find: Finder['find'] = async function* (context) {
  const { clients, requests } = context;
  const client = clients.of(CloudFormationClient);
  const stacks: Stack[] = [];
  const masked: string[] = [];
  for await (const stack of itemsOf(paginateDescribeStacks({ client }, {}), 'Stacks', requests)) {
    stacks.push(stack);
    const name = nameOfStack(stack);
    for (const parameter of stack.Parameters ?? []) {
      const { key, value } = keyAndValue(parameter, name);
      if (MASKED.test(value) && SPEAKS_OF_IMAGE.test(key)) masked.push(`${key} of ${name}`);
      yield* parameterFindings(name, key, value, parameter.ResolvedValue);
    }
    for (const output of stack.Outputs ?? []) yield* outputFindings(name, output);
  }
  yield* readByName(context, 'cloudformation-stacks', () => stacks, {
    nameOf: nameOfStack,
    read: (stack) => readTemplate(context, stack),
  });
  requests.items = stacks.length;
  if (masked.length > 0) {
    throw new UnreadableSourceError(
      `CloudFormation shows nobody the value of parameters with NoEcho, and by their names these hold images: ${masked.join(', ')}; take NoEcho off them, or switch the source off`,
    );
  }
};

function nameOfStack({ StackName }: Stack): string {
  return essential(StackName, 'StackName of a stack');
}

/** An empty value is one, too. */
function keyAndValue({ ParameterKey, ParameterValue: value }: Parameter, stack: string) {
  const key = essential(ParameterKey, `ParameterKey of a parameter of the stack ${stack}`);
  if (value === undefined) throw new BrokenAnswerError(`the answer has no value of the parameter ${key} of ${stack}`);
  return { key, value };
}

function* parameterFindings(
  stack: string,
  key: string,
  value: string,
  resolved: string | undefined,
): Generator<Finding> {
  const named = reference(KIND, stack, `parameter ${key}`);
  yield* textFindings(value, named);
  if (resolved === undefined || imageIdsIn(resolved).length === 0) return;
  yield* textFindings(resolved, named);
  // The next update takes what the parameter holds by then; names that begin so are Amazon's own.
  if (!value.startsWith('/aws/')) yield { finds: 'parameter', name: value, namedBy: nameOf(named) };
}

function* outputFindings(stack: string, { OutputKey, OutputValue }: Output): Generator<Finding> {
  const value = essential(OutputValue, `OutputValue of ${OutputKey} of the stack ${stack}`);
  yield* textFindings(value, reference(KIND, stack, `output ${OutputKey}`));
}

async function readTemplate({ clients, requests }: FinderContext, stack: Stack): Promise<Finding[]> {
  // Nothing of it was ever deployed: it has no template yet.
  if (stack.StackStatus === 'REVIEW_IN_PROGRESS') return [];
  const name = nameOfStack(stack);
  // By its id a stack is found though it was deleted since.
  const StackName = essential(stack.StackId, `StackId of ${name}`);
  const client = clients.of(CloudFormationClient);
  const { TemplateBody } = await requests.send(() => client.send(new GetTemplateCommand({ StackName })));
  const template = essential(TemplateBody, `TemplateBody of the stack ${name}`);
  return [...textFindings(template, reference(KIND, name, 'template'))];
}
