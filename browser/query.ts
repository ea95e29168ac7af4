import type { PageData } from '../src/report/html/page-data.ts';
import { Texts } from './texts.ts';

export const SORTS = [
  ...(['name', 'owner', 'rule', 'decision', 'reason'] as const),
  ...(['age', 'launched', 'storage', 'cost', 'severity'] as const),
];
export type Sort = (typeof SORTS)[number];
export const GROUPINGS = ['owner', 'family', 'rule', 'reason'] as const;

/** What to show: text that every image must hold, and one value for each filter; absent: any, `-`: none. */
export interface Query {
  readonly q?: string;
  readonly decision?: string;
  readonly rule?: string;
  readonly owner?: string;
  readonly reason?: string;
  readonly group?: (typeof GROUPINGS)[number];
  readonly sort: Sort;
  readonly descending: boolean;
}

export const NONE = '-';
export const START: Query = { sort: 'decision', descending: false };

/** Images that have something in common, in the order of the query. */
export interface Group {
  readonly label: string;
  readonly rows: readonly number[];
  readonly storageGiB: number;
  readonly cost: number;
}

type Test = (row: number) => boolean;

/** The reasons of an image, the one first that tells it from its neighbors. */
export function reasonsOf({ reasons, reasonTable }: PageData, row: number): PageData['reasonTable'] {
  const own = (reasons[row] ?? []).flatMap((index) => [reasonTable[index]].filter((reason) => reason !== undefined));
  return own.sort(([, , , a], [, , , b]) => b - a);
}

/** Finds rows over the columns of the data; texts that repeat are looked at once, not once an image. */
export class Finder {
  readonly #data: PageData;
  readonly #all: readonly number[];
  /** Made when they are first asked for. */
  readonly #orders: Record<Sort, () => readonly number[]>;
  readonly #kept = new Map<string, readonly number[]>();
  readonly #texts: Readonly<Record<'own' | 'owners' | 'rules' | 'groups' | 'sentences' | 'references', Texts>>;

  constructor(data: PageData) {
    this.#data = data;
    this.#all = data.imageIds.map((_, row) => row);
    const own = data.imageIds.map(
      (id, row) => `${id} ${data.names[row]} ${data.snapshotIds[row]?.map((snap) => `snap-${snap}`).join(' ')}`,
    );
    this.#texts = {
      own: new Texts(own),
      owners: new Texts(data.owners),
      rules: new Texts(data.rules),
      groups: new Texts(data.groups),
      sentences: new Texts(data.reasonTable.map(([, sentence]) => sentence)),
      references: new Texts(data.referenceTable),
    };
    const of = (texts: readonly string[], column: readonly number[]) => {
      const ranked = ranks(texts);
      return column.map((index) => ranked[index] ?? Number.MAX_SAFE_INTEGER);
    };
    const distinguishing = (row: number) => reasonsOf(data, row)[0]?.[0] ?? -1;
    this.#orders = {
      name: () => ranks(data.names),
      owner: () => of(data.owners, data.owner),
      rule: () => of(data.rules, data.rule),
      decision: () => data.decision, // What is acted on comes first.
      reason: () => of(data.titles, this.#all.map(distinguishing)),
      age: () => data.created.map((day, row) => (day < 0 ? Number.MAX_SAFE_INTEGER : (data.ageDays[row] ?? 0))),
      launched: () => data.launched,
      storage: () => data.storageGiB,
      cost: () => data.monthlyCostUpTo,
      severity: () => data.severity.map((rank) => (rank < 0 ? Number.MAX_SAFE_INTEGER : rank)),
    };
  }

  /** The rows that a query asks for, in its order; the oldest first among equals. */
  find(query: Query): readonly number[] {
    const tests = [...this.#words(query.q ?? ''), ...this.#filters(query)];
    const all = this.#sorted(query);
    return tests.length === 0 ? all : all.filter((row) => tests.every((test) => test(row)));
  }

  /** Rows by what they have in common, the costliest group first. */
  groups(rows: readonly number[], by: NonNullable<Query['group']>): Group[] {
    const labelOf = this.#labels(by);
    return [...Map.groupBy(rows, labelOf)]
      .map(([label, own]) => {
        const sum = (column: readonly number[]) => own.reduce((all, row) => all + (column[row] ?? 0), 0);
        return { label, rows: own, storageGiB: sum(this.#data.storageGiB), cost: sum(this.#data.monthlyCostUpTo) };
      })
      .sort((a, b) => b.cost - a.cost || b.rows.length - a.rows.length);
  }

  #labels(by: NonNullable<Query['group']>): (row: number) => string {
    const { owners, owner, rules, rule, groups, group, titles } = this.#data;
    const ruleOf = (row: number) => rules[rule[row] ?? -1] ?? 'no rule';
    return {
      owner: (row: number) => owners[owner[row] ?? -1] ?? 'no owner',
      rule: ruleOf,
      family: (row: number) => groups[group[row] ?? -1] ?? ruleOf(row),
      reason: (row: number) => titles[reasonsOf(this.#data, row)[0]?.[0] ?? -1] ?? '',
    }[by];
  }

  /** All rows in an order, which is made once and kept: filtering then sorts nothing. */
  #sorted({ sort, descending }: Query): readonly number[] {
    const key = `${sort} ${descending}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const order = this.#orders[sort]();
    const { created } = this.#data;
    const sign = descending ? -1 : 1;
    const sorted = this.#all.toSorted(
      (a, b) => sign * ((order[a] ?? 0) - (order[b] ?? 0)) || (created[a] ?? 0) - (created[b] ?? 0) || a - b,
    );
    this.#kept.set(key, sorted);
    return sorted;
  }

  #filters({ decision, rule, owner, reason }: Query): Test[] {
    const { decisions, rules, owners, codes, reasons, reasonTable } = this.#data;
    const tests: Test[] = [
      ...this.#equals(decision, decisions, this.#data.decision),
      ...this.#equals(rule, rules, this.#data.rule),
      ...this.#equals(owner, owners, this.#data.owner),
    ];
    if (reason !== undefined) {
      const code = codes.indexOf(reason);
      const wanted = Uint8Array.from(reasonTable, ([candidate]) => (candidate === code ? 1 : 0));
      tests.push((row) => anyOf(reasons[row], wanted));
    }
    return tests;
  }

  #equals(text: string | undefined, table: readonly string[], column: readonly number[]): Test[] {
    if (text === undefined) return [];
    const index = text === NONE ? -1 : table.indexOf(text);
    return index === -1 && text !== NONE ? [() => false] : [(row) => column[row] === index];
  }

  #words(text: string): Test[] {
    const { owner, rule, group, reasons, references } = this.#data;
    return text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const own = this.#texts.own.holding(word);
        const owners = this.#texts.owners.holding(word);
        const rules = this.#texts.rules.holding(word);
        const groups = this.#texts.groups.holding(word);
        const sentences = this.#texts.sentences.holding(word);
        const named = this.#texts.references.holding(word);
        return (row) =>
          own[row] === 1 ||
          owners[owner[row] ?? -1] === 1 ||
          rules[rule[row] ?? -1] === 1 ||
          groups[group[row] ?? -1] === 1 ||
          anyOf(reasons[row], sentences) ||
          anyOf(references[row], named);
      });
  }
}

function anyOf(indexes: readonly number[] | undefined, wanted: Uint8Array): boolean {
  if (indexes === undefined) return false;
  for (const index of indexes) if (wanted[index] === 1) return true;
  return false;
}

/** The place of each text in their order. */
function ranks(texts: readonly string[]): number[] {
  const sorted = texts.map((text, index) => ({ text: text.toLowerCase(), index }));
  sorted.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const ranked = new Array<number>(texts.length).fill(0);
  let rank = -1;
  sorted.forEach(({ text, index }, place) => {
    if (place === 0 || sorted[place - 1]?.text !== text) rank += 1;
    ranked[index] = rank;
  });
  return ranked;
}
