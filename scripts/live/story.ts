import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Image, paginateDescribeImages } from '@aws-sdk/client-ec2';
import * as z from 'zod';
import {
  firstLine,
  type Live,
  makeGroup,
  makeParameter,
  makeSnapshots,
  makeTemplate,
  nameOf,
  registerImage,
  TAG,
} from './live.ts';

/** One line of the table: what was tried, what should come of it, and what did. */
export interface Row {
  readonly tried: string;
  readonly expected: string;
  readonly seen: string;
}

const report = z.object({
  runId: z.string(),
  complete: z.boolean(),
  images: z.array(
    z.object({ imageId: z.string(), decision: z.string(), reasons: z.array(z.object({ code: z.string() })) }),
  ),
  passes: z.array(z.object({ actions: z.array(z.object({ imageId: z.string().optional() })) })),
  outcomes: z.array(
    z.object({ action: z.string(), resourceId: z.string(), status: z.string(), reason: z.string().optional() }),
  ),
});

const HELD = ['template', 'group', 'parameter'] as const;
const DUE = ['due', 'back'] as const;
const MINUTE = 60_000;
/** After its creation an image is due within it, and after its deprecation EC2 shows that. */
const SETTLED = 3 * MINUTE;
/** After that it is due to be deregistered, and was not yet to be before. */
const WAIT = 4 * MINUTE;

/**
 * Makes five images and what uses three of them, takes them through every pass, and brings back what is gone.
 * @param rows gets each line as soon as it was seen
 * @param folder for the policy, which selects by the trial's own tag: no other image of the account can come of it
 */
export async function tellStory(live: Live, rows: Row[], folder: string): Promise<void> {
  const { trial, say } = live;
  const policy = join(folder, 'live.yml');
  await writeFile(policy, policyOf(trial));
  const run = async (...args: string[]) => {
    const { exitCode, json, stderr } = await live.janitor(...args, '--policy', policy, '--format', 'json');
    const parsed = report.safeParse(json);
    if (!parsed.success)
      throw new Error(`"${args[0]}" ended with ${exitCode}, and printed no report: ${firstLine(stderr)}`);
    return parsed.data;
  };
  const ids = new Map<string, string>();
  /** A plan in which nothing but the trial's images would be acted on: who uses ami-janitor there already has others given back. */
  const ownPlan = async () => {
    const plan = await run('plan');
    const own = new Set(ids.values());
    const others = plan.passes.flatMap(({ actions }) =>
      actions.flatMap(({ imageId = '' }) => (own.has(imageId) ? [] : imageId)),
    );
    if (others.length === 0) return plan;
    throw new Error(
      `The trial's policy would act on images that are not its own, such as ${others[0]}, which ami-janitor marked before: choose a Region in which it never ran.`,
    );
  };
  await ownPlan();
  say('Making an empty volume, five snapshots of it, and five images of those…');
  const snapshots = await makeSnapshots(live, HELD.length + DUE.length);
  for (const [index, name] of [...HELD, ...DUE].entries())
    ids.set(name, await registerImage(live, name, snapshots[index] ?? ''));
  const idOf = (name: string) => ids.get(name) ?? '';
  await makeTemplate(live, 'template', idOf('template'));
  await makeGroup(live, await makeTemplate(live, 'group', idOf('group')));
  await makeParameter(live, idOf('parameter'));
  say('Making retention rules of a day for what goes…');
  const rules = await live.rules
    .make(trial, () => say('AWS takes up to half an hour for an account’s first retention rule; waiting…'))
    .then(() => 'made', nameOf);
  say('Waiting three minutes, until the images are old enough…');
  await live.sleep(SETTLED);

  const check = (tried: string, expected: string, seen: string) => rows.push({ tried, expected, seen });
  check('retention rules', 'made', rules);
  const plan = await ownPlan();
  check('plan: everything could be read', 'yes', plan.complete ? 'yes' : 'no');
  const decided = (name: string) => plan.images.find(({ imageId }) => imageId === idOf(name));
  for (const name of HELD) check(`plan: the image that a ${name} names`, 'keep: referenced', decisionOf(decided(name)));
  for (const name of DUE)
    check(`plan: the image that nothing names (${name})`, 'deprecate', decided(name)?.decision ?? 'not there');

  for (const [pass, expected] of [
    ['deprecate', 'available, deprecated'],
    ['disable', 'disabled, deprecated'],
    ['deregister', 'gone'],
  ] as const) {
    say(`${pass}…`);
    await ownPlan();
    const { runId, outcomes } = await run(pass, '--enforce', '--yes');
    const there = await imagesOf(live);
    for (const name of DUE) {
      const outcome = outcomes.find(({ resourceId }) => resourceId === idOf(name));
      check(
        `${pass} (${name})`,
        `done; ${expected}`,
        `${outcomeOf(outcome)}; ${stateOf(there.get(idOf(name)), live.now())}`,
      );
    }
    for (const name of HELD)
      check(`${pass}: the image that a ${name} names`, 'available', stateOf(there.get(idOf(name)), live.now()));
    if (pass !== 'deregister') {
      const milliseconds = pass === 'deprecate' ? SETTLED : WAIT;
      say(`Waiting ${milliseconds / MINUTE} minutes, until the next pass is due…`);
      await live.sleep(milliseconds);
      continue;
    }
    say('restore…');
    const restored = await live.janitor('restore', runId, '--enforce', '--yes');
    check(
      'restore',
      'exit 0',
      `exit ${restored.exitCode}${restored.exitCode === 0 ? '' : `: ${restored.stderr.trim()}`}`,
    );
    const back = await imagesOf(live);
    for (const name of DUE) check(`restore (${name})`, 'available', stateOf(back.get(idOf(name)), live.now()));
  }
}

function policyOf(trial: string): string {
  return `version: 1
undo: recycle-bin
rules:
  - name: live
    select: { tags: { ${TAG}: ${trial} } }
    keep: { youngerThan: 1min }
    deprecate: {}
    disable: { after: 0d }
    deregister: { after: 4min }
    snapshots: delete
limits: { perRun: 10, stopAbove: 100% }
`;
}

async function imagesOf({ ec2, trial }: Live): Promise<Map<string, Image>> {
  const Filters = [{ Name: `tag:${TAG}`, Values: [trial] }];
  const asked = { Owners: ['self'], Filters, IncludeDeprecated: true, IncludeDisabled: true };
  const found = new Map<string, Image>();
  for await (const { Images = [] } of paginateDescribeImages({ client: ec2 }, asked))
    for (const image of Images) if (image.State !== 'deregistered') found.set(image.ImageId ?? '', image);
  return found;
}

function stateOf(image: Image | undefined, now: Date): string {
  if (image === undefined) return 'gone';
  const { State = 'in no state', DeprecationTime } = image;
  if (DeprecationTime === undefined) return State;
  return `${State}, ${new Date(DeprecationTime) <= new Date(now.getTime() + SETTLED) ? 'deprecated' : `to be deprecated at ${DeprecationTime}`}`;
}

function decisionOf(image: z.output<typeof report>['images'][number] | undefined): string {
  return image === undefined ? 'not there' : `${image.decision}: ${image.reasons[0]?.code}`;
}

function outcomeOf(outcome: z.output<typeof report>['outcomes'][number] | undefined): string {
  if (outcome === undefined) return 'not tried';
  return outcome.reason === undefined ? outcome.status : `${outcome.status} (${outcome.reason})`;
}
