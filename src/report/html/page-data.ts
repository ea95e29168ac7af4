import { SEVERITIES } from '../../model/image.ts';
import { IMAGE_REASONS } from '../../model/reasons.ts';
import { jsonParts } from '../../text/chunks.ts';
import { DAY } from '../../text/format.ts';
import { jsonEscape } from '../../text/json.ts';
import { visible } from '../../text/untrusted.ts';
import { consoleFragment, ec2Console } from '../console.ts';
import { briefReason, telling } from '../distinguishing.ts';
import { reasonSentence } from '../reason-sentences.ts';
import { referenceText } from '../references.ts';
import { DECISION_SENTENCES } from '../sentences.ts';
import type { DecisionName, Report, ReportImage } from '../shape.ts';

const DECISIONS: readonly DecisionName[] = ['deregister', 'archive', 'disable', 'deprecate', 'reinstate', 'keep'];

export type PageData = ReturnType<typeof pageData>;

/**
 * What the page's script needs to list, search, sort and filter every image: the images in columns, each text that
 * repeats stored once: fifty thousand images stay a few megabytes, and a filter runs over arrays. Every text is made
 * visible here; the page writes it as text only.
 */
export function pageData({ images, target, at, runId }: Report) {
  const [owners, rules, groups] = [new Table(), new Table(), new Table()];
  const [references, codes, ancestors] = [new Table(), new Table(), new Table()];
  const sentences = new Table();
  const severities = new Table(SEVERITIES);
  const reasonTable: (readonly [code: number, sentence: string, brief: string, telling: number])[] = [];
  const referenceLinks: string[] = [];
  const titles: string[] = [];
  const reasonsOf = (image: ReportImage) =>
    image.reasons.map((reason) => {
      const sentence = visible(reasonSentence(reason, image.references));
      const code = codes.indexOf(reason.code);
      titles[code] = IMAGE_REASONS[reason.code].title;
      const index = sentences.indexOf(`${reason.code} ${sentence}`);
      reasonTable[index] ??= [code, sentence, visible(briefReason(reason, image.references)), telling(reason)];
      return index;
    });
  const referencesOf = (image: ReportImage) =>
    image.references.map((reference) => {
      const index = references.indexOf(referenceText(reference));
      referenceLinks[index] ??= consoleFragment(reference, target);
      return index;
    });
  return {
    names: images.map(({ name }) => visible(name)),
    imageIds: images.map(({ imageId }) => visible(imageId)),
    // Indexes into `owners`, `rules`, `groups` and `decisions`; -1 for none.
    owner: images.map(({ owner }) => owners.indexOf(owner)),
    rule: images.map(({ rule }) => rules.indexOf(rule)),
    group: images.map(({ group }) => groups.indexOf(group ?? null)),
    decision: images.map(({ decision }) => DECISIONS.indexOf(decision)),
    // Days since 1970; -1 for unknown.
    created: images.map(({ creationDate }) => dayOf(creationDate)),
    // Whole days at the time of the plan; -1 for unknown.
    ageDays: images.map(({ creationDate }) =>
      creationDate === null ? -1 : Math.floor((Date.parse(at) - Date.parse(creationDate)) / DAY),
    ),
    launched: images.map(({ lastLaunchedTime = null }) => dayOf(lastLaunchedTime)),
    // Index into `severities`, the worst first; -1 for none.
    severity: images.map(({ severity }) => severities.indexOf(severity ?? null)),
    storageGiB: images.map(({ storageGiB }) => storageGiB),
    monthlyCostUpTo: images.map(({ monthlyCostUpTo }) => monthlyCostUpTo),
    // Indexes into `reasonTable` and `referenceTable`.
    reasons: images.map(reasonsOf),
    references: images.map(referencesOf),
    // Indexes into `ancestors`, the nearest first.
    lineage: images.map(({ lineage = [] }) => lineage.map((imageId) => ancestors.indexOf(imageId))),
    // Without their `snap-`.
    snapshotIds: images.map(({ snapshotIds }) => snapshotIds.map((id) => id.replace(/^snap-/, ''))),
    // Index into `decisions` and the day, or nothing.
    next: images.map(({ next }) =>
      next === undefined ? (0 as const) : ([DECISIONS.indexOf(next.decision), dayOf(next.at)] as const),
    ),
    /** What a file that is made of the page is named after. */
    run: visible(runId),
    /** EC2's console up to a fragment; empty where it is not known. */
    console: ec2Console(target.region),
    severities: severities.texts(),
    owners: owners.texts(),
    rules: rules.texts(),
    groups: groups.texts(),
    decisions: DECISIONS,
    meanings: DECISIONS.map((decision) => DECISION_SENTENCES[decision]),
    codes: codes.texts(),
    /** What each code means in a few words. */
    titles,
    reasonTable,
    ancestors: ancestors.texts(),
    referenceTable: references.texts(),
    /** For each of those, the console's fragment; empty where there is none. */
    referenceLinks,
  };
}

/** JSON that can stand inside a script element, in parts: nothing in it ends the element or starts a comment. */
export function* embeddedJson(value: unknown): Generator<string> {
  for (const part of jsonParts(value)) yield part.replace(/[<>&\u2028\u2029]/g, jsonEscape);
}

/** Each text once, by its index. */
class Table {
  readonly #indexes: Map<string, number>;

  constructor(first: readonly string[] = []) {
    this.#indexes = new Map(first.map((text, index) => [text, index]));
  }

  indexOf(text: string | null): number {
    if (text === null) return -1;
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    this.#indexes.set(text, this.#indexes.size);
    return this.#indexes.size - 1;
  }

  texts(): string[] {
    return [...this.#indexes.keys()].map((text) => visible(text));
  }
}

function dayOf(time: string | null): number {
  return time === null ? -1 : Math.floor(Date.parse(time) / DAY);
}
