import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** One mistake that someone could make in the code, and the promise that it breaks. */
export interface Plant {
  readonly breaks: string;
  /** In `src/`. */
  readonly file: string;
  readonly text: string;
  readonly instead: string;
  /** Found in an organization's year. */
  readonly isOrganization?: true;
}

/** At least one for each promise that the simulation knows. */
export const PLANTS: readonly Plant[] = [
  {
    breaks: 'in use',
    file: 'references/auto-scaling.ts',
    text: 'for (const configuration of configurations) {',
    instead: 'for (const configuration of configurations.slice(1)) {',
  },
  {
    breaks: 'in use',
    file: 'execute/last-check.ts',
    text: "    case 'referenced': {",
    instead: "    case 'referenced':\n      return check;\n    default: {",
  },
  {
    breaks: 'in use',
    file: 'execute/revalidate.ts',
    text: 'return new Date(Math.max(startedAt.getTime() + VALID_MILLISECONDS, until));',
    instead: 'return new Date(8.64e15);',
  },
  {
    breaks: 'kept',
    file: 'policy/decision/protections.ts',
    text: 'if (keep) holds.push(keep);',
    instead: '',
  },
  {
    breaks: 'kept',
    file: 'execute/current-state.ts',
    text: '  TAG.keep,\n',
    instead: '',
  },
  {
    breaks: 'waits',
    file: 'policy/decision/proof.ts',
    text: '(launchedAt ?? at).getTime()',
    instead: 'at.getTime()',
  },
  {
    breaks: 'waits',
    file: 'policy/decision/protections.ts',
    text: "  if (image.state === 'available' && (isTagged || record?.disabled)) return",
    instead: '  if (isTagged && image.state === undefined) return',
  },
  {
    breaks: 'promise',
    file: 'policy/decision/lifecycle.ts',
    text: 'inForce, notBefore, kept)',
    instead: 'inForce, kept)',
  },
  {
    breaks: 'told in time',
    file: 'policy/decision/proof.ts',
    text: "  if (announced.owner !== owner) return 'owner-changed';\n",
    instead: '',
  },
  {
    breaks: 'told in time',
    file: 'policy/decision/lifecycle.ts',
    text: 'if (!asksForNotice || noticeEnd <= waitEnd) return plain;',
    instead: 'return plain;',
  },
  {
    breaks: 'heard once',
    file: 'notify/slack/notify-recipients.ts',
    text: 'if (options.unfinishedSince !== undefined) {',
    instead: 'if (options.unfinishedSince?.getTime() === 0) {',
  },
  {
    breaks: 'buttons',
    file: 'notify/interaction/permission.ts',
    text: "if (found.kind === 'found' && (await this.#isOne(found.recipient))) return true;",
    instead: "if (found.kind === 'found') return true;",
  },
  {
    breaks: 'sharing',
    file: 'model/tags.ts',
    text: "saved.filter((one) => one !== 'all' && taken.has(one))",
    instead: '[...taken]',
  },
  {
    breaks: 'people win',
    file: 'plan/image-candidates.ts',
    text: "image.state === 'disabled' && isDisabledByTool(image, context.account.journal)",
    instead: "image.state === 'disabled'",
  },
  {
    breaks: 'one run at a time',
    file: 'execute/lock.ts',
    // That a lock is written over at once does not matter: whose it is by then is read before each batch.
    text: 'return holder.invocation === invocation;',
    instead: 'return true;',
  },
  {
    breaks: 'limits',
    file: 'plan/make-plan.ts',
    text: 'slice(0, perRun)',
    instead: 'slice(0, perRun + 1)',
  },
  {
    breaks: 'audit',
    file: 'execute/passes/deregister.ts',
    text: "outcomes.push(await attempt('delete-snapshot', snapshotId, async () => endingOf(row, image.requestId)));",
    instead: '',
  },
  {
    breaks: 'written down',
    file: 'execute/chunk-journal.ts',
    text: 'await this.#writer?.write(noted.flatMap(({ before }) => before));',
    instead: 'await this.#writer?.write(noted.slice(1).flatMap(({ before }) => before));',
  },
  {
    breaks: 'unknown means keep',
    file: 'references/gather.ts',
    text: "return { name: source, status: 'unreadable', references: references(), calls, error: why };",
    instead: "return { name: source, status: 'read', references: references(), calls };",
  },
  {
    breaks: 'snapshots',
    file: 'plan/snapshots.ts',
    text: "!== 'delete');",
    instead: "!== 'delete' && false);",
  },
  {
    breaks: 'clock',
    file: 'model/clock.ts',
    text: 'const MOST_MINUTES_APART = 5;',
    instead: 'const MOST_MINUTES_APART = 50;',
  },
  {
    breaks: 'newest',
    file: 'policy/decision/groups.ts',
    text: 'if (byDate !== 0',
    instead: 'if (byDate === 0',
  },
  {
    breaks: 'young',
    file: 'policy/decision/retention.ts',
    text: "if (at >= endsAt) dueReasons.push({ code: 'older-than'",
    instead: "if (at >= endsAt - 1_000_000_000) dueReasons.push({ code: 'older-than'",
  },
  {
    breaks: 'undo',
    file: 'plan/coverage.ts',
    text: "const asked = undo === 'none' ? [] : removed;",
    instead: "const asked = undo === 'none' ? removed : [];",
  },
  {
    breaks: 'progress',
    file: 'execute/chunk-journal.ts',
    text: 'return [{ imageId, facts: givenBack(record) }, ...unmarked];',
    instead: 'return unmarked;',
  },
  {
    breaks: 'in use',
    file: 'organization/join/join.ts',
    text: 'const by = usedBy ?? other?.reference;',
    instead: 'const by = other?.reference;',
    isOrganization: true,
  },
  {
    breaks: 'in use',
    file: 'organization/read/outgoing-references.ts',
    text: 'images: foreign(references.images, own),',
    instead: 'images: foreign(references.images, own).slice(1),',
    isOrganization: true,
  },
];

const SOURCES = new URL('../../src/', import.meta.url);

/** The text of a plant's file with the mistake in it. @throws where its text is not there exactly once */
export function withPlant({ file, text, instead }: Plant): string {
  const parts = readFileSync(new URL(file, SOURCES), 'utf8').split(text);
  if (parts.length !== 2)
    throw new RangeError(`src/${file} has ${parts.length - 1} times what is to be replaced there: ${text}`);
  return parts.join(instead);
}

/** What this process loads from now on has the mistake; the file itself is never touched. */
export function plant(one: Plant): void {
  const url = new URL(one.file, SOURCES).href;
  const source = withPlant(one);
  registerHooks({
    load: (asked, context, next) =>
      asked === url ? { format: 'module-typescript', source, shortCircuit: true } : next(asked, context),
  });
}
