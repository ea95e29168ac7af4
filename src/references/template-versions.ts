import { BrokenAnswerError } from '../aws/requests.ts';
import type { LaunchTemplateVersions } from '../model/reference-settings.ts';
import type { Mention } from './finder.ts';
import { type BlockDeviceMapping, firstNames } from './findings.ts';

/** What counts of one version of a launch template. */
export interface VersionRow {
  readonly templateId: string;
  readonly templateName: string;
  readonly version: number;
  readonly isDefault: boolean;
  readonly imageValue: string | undefined;
  readonly blockDevices: readonly BlockDeviceMapping[];
}

/** A version that counts as use, and who names it. */
export interface CountedVersion extends VersionRow {
  readonly isLatest: boolean;
  readonly namedBy: readonly string[];
}

/** A version that something names. `version` is NaN where AWS would not take the text for one either. */
export interface NamedVersion {
  /** The template's id, or its name where no template of that name was listed. */
  readonly template: { readonly id: string } | { readonly name: string };
  readonly version: number;
  readonly text: string;
  readonly namedBy: readonly string[];
  /** Only what was launched once names it, so that its absence is nobody's fault. */
  readonly past: boolean;
}

/** Versions still to be read of one template: those of some numbers, or every one after a number. */
export type MissingVersions = { readonly template: NamedVersion['template'] } & (
  | { readonly numbers: readonly number[] }
  | { readonly after: number }
);

interface Template {
  readonly rows: Map<number, VersionRow>;
  latest: number;
  default: number;
  /** Every version with a higher number was read. */
  readAfter: number;
}

const ROOM_FOR_DELETED = 20;

/** The launch template versions read so far, and what is still to be read. */
export class TemplateVersions {
  readonly #byId = new Map<string, Template>();
  readonly #idByName = new Map<string, string>();

  /**
   * Takes the rows of `$Default` and `$Latest` of every template.
   * @throws BrokenAnswerError where a template has no `$Default`: in EC2 each has one, which can't be deleted
   */
  constructor(rows: readonly VersionRow[]) {
    this.add(rows);
    for (const [id, template] of this.#byId) {
      if (template.default === 0)
        throw new BrokenAnswerError(
          `the answer does not say which version of ${id} is $Default, which AWS always sends`,
        );
    }
  }

  add(rows: readonly VersionRow[]): void {
    for (const row of rows) {
      const template = this.#byId.get(row.templateId) ?? {
        rows: new Map(),
        latest: 0,
        default: 0,
        readAfter: Infinity,
      };
      template.rows.set(row.version, row);
      template.latest = Math.max(template.latest, row.version);
      if (row.isDefault) template.default = row.version;
      this.#byId.set(row.templateId, template);
      this.#idByName.set(row.templateName, row.templateId);
    }
  }

  /** How many versions were read, each once. */
  get size(): number {
    return [...this.#byId.values()].reduce((sum, { rows }) => sum + rows.size, 0);
  }

  /** Brings mentions by id or name, at a number, `$Default` or `$Latest`, to one entry a version. */
  resolve(mentions: readonly Mention<'launch-template'>[]): NamedVersion[] {
    const named = new Map<string, NamedVersion & { readonly namedBy: string[]; past: boolean }>();
    for (const { mention, namedBy, past } of mentions) {
      const id = mention.templateId ?? this.#idByName.get(mention.templateName ?? '');
      const template = id === undefined ? { name: mention.templateName ?? '' } : { id };
      const version = this.#numberOf(id, mention.version);
      const key = `${JSON.stringify(template)} ${Number.isNaN(version) ? mention.version : version}`;
      const known = named.get(key);
      if (known === undefined) named.set(key, { template, version, text: mention.version, namedBy: [namedBy], past });
      else {
        known.namedBy.push(namedBy);
        known.past &&= past;
      }
    }
    return [...named.values()];
  }

  has({ template, version }: NamedVersion): boolean {
    return this.#templateOf(template)?.rows.has(version) ?? false;
  }

  /** What the policy's mode and the mentions ask for and is not here yet, an entry a template. */
  missing(mode: LaunchTemplateVersions, named: readonly NamedVersion[]): MissingVersions[] {
    const missing = new Map<string, MissingVersions>();
    for (const entry of named) {
      const unlisted = this.#templateOf(entry.template) === undefined;
      // Instances outlive their templates; to ask for each one that is gone would cost a call and show nothing.
      if (this.has(entry) || (unlisted && entry.past)) continue;
      const key = JSON.stringify(entry.template);
      const before = missing.get(key) ?? { numbers: [] };
      const isWhole = 'after' in before || Number.isNaN(entry.version);
      const versions = isWhole ? { after: 0 } : { numbers: [...before.numbers, entry.version] };
      missing.set(key, { template: entry.template, ...versions });
    }
    for (const { template, after } of this.lacking(mode)) {
      const key = JSON.stringify(template);
      // Numbers that are named lie anywhere, so that only the whole list has them and the newest in one answer.
      missing.set(key, { template, after: missing.has(key) ? 0 : after });
    }
    return [...missing.values()];
  }

  /**
   * What the policy's mode asks for beyond what is named, and is not here yet. Of the newest so many few are asked
   * for at first, with some room for numbers that were deleted: all versions of a template can be thousands. Where
   * the room was too small, a second question gets them all.
   */
  *lacking(mode: LaunchTemplateVersions): Generator<{ template: { id: string }; after: number }> {
    if (mode.kind === 'in-use') return;
    const newest = mode.kind === 'all' ? Infinity : mode.newest;
    for (const [id, { rows, latest, readAfter }] of this.#byId) {
      const after = latest - newest - ROOM_FOR_DELETED;
      const known = [...rows.keys()].filter((number) => number > readAfter).length;
      // Version numbers are never used again, so there are at most as many as the latest number says.
      if (rows.size >= latest || newest <= 1 || readAfter === 0 || known >= newest) continue;
      yield { template: { id }, after: readAfter === Infinity ? Math.max(0, after) : 0 };
    }
  }

  /** Notes that every version after a number was read. */
  noteRead(read: MissingVersions): void {
    const known = this.#templateOf(read.template);
    if (known !== undefined && 'after' in read) known.readAfter = read.after;
  }

  /** The rows that count as use, each with who names it. */
  *counted(mode: LaunchTemplateVersions, named: readonly NamedVersion[]): Generator<CountedVersion> {
    const namers = new Map<VersionRow, string[]>();
    for (const { template, version, namedBy } of named) {
      const row = this.#templateOf(template)?.rows.get(version);
      if (row !== undefined) namers.set(row, [...(namers.get(row) ?? []), ...namedBy]);
    }
    for (const template of this.#byId.values()) {
      const newestFirst = [...template.rows.values()].sort((a, b) => b.version - a.version);
      for (const [rank, row] of newestFirst.entries()) {
        const isLatest = rank === 0;
        const byMode = mode.kind === 'all' || (mode.kind === 'newest' && rank < mode.newest);
        if (byMode || isLatest || row.isDefault || namers.has(row))
          yield { ...row, isLatest, namedBy: firstNames(namers.get(row) ?? []) };
      }
    }
  }

  #templateOf(template: NamedVersion['template']): Template | undefined {
    const id = 'id' in template ? template.id : this.#idByName.get(template.name);
    return id === undefined ? undefined : this.#byId.get(id);
  }

  #numberOf(id: string | undefined, version: string): number {
    const template = id === undefined ? undefined : this.#byId.get(id);
    if (version === '$Default') return template?.default ?? Number.NaN;
    if (version === '$Latest') return template?.latest ?? Number.NaN;
    return /^\d+$/.test(version) ? Number(version) : Number.NaN;
  }
}
