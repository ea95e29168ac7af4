import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { StateMachine } from 'aws-local-stepfunctions';
import pLimit from 'p-limit';
import * as z from 'zod';
import { type Machine, type State, statesOf } from './definition.ts';

const json = z.json();
type Json = z.infer<typeof json>;
/** A Lambda function, as a state invokes it. */
export type LocalFunction = (input: Json) => Promise<unknown>;

export interface LocalOptions {
  readonly s3: S3Client;
  /** By the name that the definition's ARNs end in. */
  readonly functions: Readonly<Record<string, LocalFunction>>;
  readonly execution: { readonly Id: string; readonly StartTime: string };
}

/** How an execution, or one of a distributed map's, ended; a failed one says where a redrive begins. */
export type Ended =
  | { readonly status: 'succeeded'; readonly output: Json }
  | { readonly status: 'failed'; readonly state: string; readonly input: Json; readonly error: string };

const distributed = z.object({
  ItemReader: z.object({ Resource: z.literal('arn:aws:states:::s3:getObject'), Parameters: json }),
  ItemSelector: json,
  MaxConcurrencyPath: z.string(),
  ToleratedFailureCountPath: z.string().optional(),
  ToleratedFailurePercentage: z.literal(100).optional(),
  ResultWriter: z.object({ Resource: z.literal('arn:aws:states:::s3:putObject'), Parameters: json }),
});
const place = z.object({ Bucket: z.string(), Key: z.string() });
const prefix = z.object({ Bucket: z.string(), Prefix: z.string().min(1) });

const valid = new WeakSet<Machine>();

class ExceedToleratedFailureThreshold extends Error {
  override readonly name = 'States.ExceedToleratedFailureThreshold';
}

/**
 * Runs a definition with local functions. aws-local-stepfunctions runs every state but the distributed maps: each of
 * those becomes a task that does what AWS says of them. It reads its items from S3, runs an execution of the item
 * processor for each, so many at a time, keeps the ended ones for a redrive, and fails above the tolerated share.
 */
export class LocalStateMachine {
  readonly #definition: Machine;
  readonly #options: LocalOptions;
  /** The executions of each distributed map, by item. */
  readonly maps = new Map<string, Ended[]>();
  /** States that were entered, each try of one once. */
  transitions = 0;
  /** The state at which the execution goes on. */
  #redriven: string | undefined;

  constructor(definition: Machine, options: LocalOptions) {
    this.#definition = definition;
    this.#options = options;
    requireValid(definition);
  }

  start(input: Json): Promise<Ended> {
    return this.#run(this.#definition, input);
  }

  /** Goes on where an execution failed, with the input that the failed state had. */
  redrive(ended: Ended): Promise<Ended> {
    if (ended.status === 'succeeded') throw new Error('AWS redrives no execution that succeeded');
    this.#redriven = ended.state;
    return this.#run({ ...this.#definition, StartAt: ended.state }, ended.input);
  }

  async #run(definition: Machine, input: Json, context: Readonly<Record<string, Json>> = {}): Promise<Ended> {
    const { Execution, ...rest } = { Execution: { ...this.#options.execution, Input: input }, ...context };
    const execution = machineOf(definition, { noValidate: true }).run(input, {
      overrides: { taskResourceLocalHandlers: this.#tasks(definition), retryIntervalOverrides: atOnce(definition) },
      context: { Execution, ...rest },
    });
    const result = execution.result.then(
      (output) => ({ status: 'succeeded' as const, output: json.parse(output) }),
      (error: unknown) => ({ status: 'failed' as const, error: String(error) }),
    );
    let failed: { readonly state: string; readonly input: Json } | undefined;
    for await (const event of execution.eventLogs) {
      if (event.type === 'StateEntered') this.transitions += 1;
      if (event.type === 'StateEntered' && definition.States[event.state.name]?.Type === 'Fail')
        failed = { state: event.state.name, input: json.parse(event.state.input) };
      if (event.type === 'StateFailed' && event.state.name in definition.States)
        failed = { state: event.state.name, input: json.parse(event.state.input) };
    }
    const ended = await result;
    if (ended.status === 'succeeded') return ended;
    if (failed === undefined) throw new Error(`no state failed, and yet the execution did: ${ended.error}`);
    return { ...ended, ...failed };
  }

  #tasks(definition: Machine): Record<string, (input: Json) => Promise<Json>> {
    const tasks: Record<string, (input: Json) => Promise<Json>> = {};
    for (const [name, state] of statesOf(definition)) {
      if (isDistributed(state)) tasks[name] = (input) => this.#runMap(name, state, input);
      else if (state.Type === 'Task') tasks[name] = this.#function(state.Resource ?? '');
    }
    return tasks;
  }

  #function(arn: string): (input: Json) => Promise<Json> {
    const found = this.#options.functions[arn.slice(arn.lastIndexOf(':') + 1)];
    if (found === undefined) throw new Error(`the test knows no function ${arn}`);
    // What passes between a state and its function is text, of this size at most.
    return async (input) => {
      const answer = JSON.stringify(await found(json.parse(JSON.parse(JSON.stringify(input)))));
      if (answer.length > 262_144) throw new Error(`${arn} answers more than a state takes`);
      return json.parse(JSON.parse(answer));
    };
  }

  async #runMap(name: string, state: State, input: Json): Promise<Json> {
    const { ItemReader, ItemSelector, ResultWriter, ...map } = distributed.parse(state);
    const processor = state.ItemProcessor;
    if (processor === undefined) throw new Error(`${name} has no item processor`);
    prefix.parse(await evaluate(ResultWriter.Parameters, input));
    // A map that is entered again begins anew; only one that is redriven goes on.
    const earlier = this.#redriven === name ? this.maps.get(name) : undefined;
    this.#redriven = undefined;
    const items = await this.#items(place.parse(await evaluate(ItemReader.Parameters, input)));
    const limit = pLimit(
      z
        .int()
        .positive()
        .parse(await evaluate(map.MaxConcurrencyPath, input)),
    );
    const ended = await Promise.all(
      items.map((item, index) =>
        limit(async () => {
          const before = earlier?.[index];
          // A redrive of the map redrives what failed of it, and nothing else.
          if (before?.status === 'succeeded') return before;
          if (before !== undefined) return this.#run({ ...processor, StartAt: before.state }, before.input);
          return this.#run(processor, await evaluate(ItemSelector, input, item));
        }),
      ),
    );
    this.maps.set(name, ended);
    const failed = ended.filter(({ status }) => status === 'failed').length;
    const { ToleratedFailureCountPath: path } = map;
    const tolerated =
      path === undefined
        ? items.length
        : z
            .int()
            .min(0)
            .parse(await evaluate(path, input));
    if (failed > tolerated)
      throw new ExceedToleratedFailureThreshold(`${failed} of ${items.length} items of ${name} failed`);
    return null;
  }

  async #items({ Bucket, Key }: z.infer<typeof place>): Promise<Json[]> {
    const { Body } = await this.#options.s3.send(new GetObjectCommand({ Bucket, Key }));
    return z.array(json).parse(JSON.parse((await Body?.transformToString()) ?? ''));
  }
}

function isDistributed({ ItemProcessor }: State): boolean {
  const { Mode } = z.object({ Mode: z.string().optional() }).parse(ItemProcessor?.ProcessorConfig ?? {});
  return Mode === 'DISTRIBUTED';
}

/** Throws where one is not valid. A redriven one begins in its middle, which is not. */
function requireValid(definition: Machine): void {
  // To check it takes a third of a second, so each is checked once.
  if (valid.has(definition)) return;
  const processors = Object.values(definition.States).filter(isDistributed);
  for (const one of [definition, ...processors.flatMap(({ ItemProcessor }) => ItemProcessor ?? [])]) machineOf(one);
  valid.add(definition);
}

/** Distributed maps as tasks; the definition itself is held against the specification by a test of the deployment. */
function machineOf(definition: Machine, validationOptions = {}): StateMachine {
  const rewritten = Object.entries(definition.States).map(([name, state]): [string, unknown] => {
    if (!isDistributed(state)) return [name, state];
    const { Next, ResultPath, Catch } = state;
    const Resource = `arn:aws:lambda:eu-west-1:111111111111:function:${name}`;
    // A task is given up after a minute unless it says otherwise; a map has no time of its own.
    return [
      name,
      { Type: 'Task', Resource, TimeoutSeconds: 86_400, ResultPath, Next, ...(Catch !== undefined && { Catch }) },
    ];
  });
  const { StartAt } = definition;
  const machine = { StartAt, States: Object.fromEntries(rewritten) };
  return new StateMachine(JSON.parse(JSON.stringify(machine)), { validationOptions });
}

/** Retries as often as the definition says, without its waiting. */
function atOnce(definition: Machine): Record<string, number[]> {
  return Object.fromEntries(statesOf(definition).map(([name, { Retry }]) => [name, (Retry ?? []).map(() => 0)]));
}

/** What a payload template or a path gives, as the state machine would have it. */
async function evaluate(template: Json, input: Json, item?: Json): Promise<Json> {
  const Parameters = {
    'value.$': typeof template === 'string' ? template : '$',
    ...(typeof template !== 'string' && { template }),
  };
  const machine = new StateMachine(
    JSON.parse(JSON.stringify({ StartAt: 'Value', States: { Value: { Type: 'Pass', Parameters, End: true } } })),
    { validationOptions: { noValidate: true } },
  );
  const context = item === undefined ? {} : { context: { Map: { Item: { Value: item, Index: 0 } } } };
  const given = await machine.run(input, context).result;
  const { value, template: filled } = z.object({ value: json, template: json.optional() }).parse(given);
  return filled ?? value;
}
