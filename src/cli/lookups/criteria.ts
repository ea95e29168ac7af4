import { globOf, isKnown } from './value.ts';

/** A lookup as the policy has it. */
export interface WrittenLookup {
  readonly name: string;
  readonly images: Readonly<Record<string, unknown>>;
  readonly take: 'newest' | 'all';
  readonly mayBeEmpty?: true;
}

/** What a file says of images that it looks for. */
export type Found = { readonly line: number } & (
  | { readonly finds: 'lookup'; readonly lookup: WrittenLookup; readonly widened: readonly string[] }
  | { readonly finds: 'parameter'; readonly name: string }
  /** What is looked for and can't be written as a lookup, and why. */
  | { readonly finds: 'note'; readonly says: string }
);

/** Gathers what a lookup asks for, and what of it is not known. */
export class Criteria {
  readonly #fields = new Map<string, unknown>();
  readonly #tags = new Map<string, string | readonly string[]>();
  readonly #widened: string[] = [];
  #owners: readonly string[] = [];

  /** Owners that are not known leave the lookup to whoever owns what it finds. */
  own(owners: readonly string[]): void {
    if (owners.every(isKnown)) this.#owners = owners;
  }

  add(key: string, values: readonly string[], said: string): void {
    const globs = this.#globs(values, said, this.#fields.has(key));
    if (globs !== undefined) this.#fields.set(key, globs);
  }

  addTag(key: string, values: readonly string[]): void {
    const globs = this.#globs(values, `tag:${key}`, this.#tags.has(key));
    // That it has the tag at all is known.
    if (globs !== undefined || !this.#tags.has(key)) this.#tags.set(key, globs ?? '*');
  }

  widen(what: string): void {
    this.#widened.push(what);
  }

  /** The values as globs, or nothing where they say nothing; what is known but in part is widened. */
  #globs(values: readonly string[], said: string, isAgain: boolean): string | readonly string[] | undefined {
    if (isAgain) this.widen(`${said}, a second time`);
    else if (values.length === 0 || !values.every(isKnown)) this.widen(said);
    const globs = [...new Set(values.map(globOf))];
    const saysNothing =
      globs.length === 0 || globs.some((glob) => /^\*+$/.test(glob) || /(?<!\\)(?:\\\\)*\\$/.test(glob));
    if (isAgain || (saysNothing && !values.every(isKnown))) return undefined;
    return globs.length === 1 ? globs[0] : globs;
  }

  found({ name, line, take }: Pick<WrittenLookup, 'name' | 'take'> & { readonly line: number }): Found {
    const foreign = this.#owners.filter((owner) => !/^(?:self|\d{12})$/.test(owner));
    if (this.#owners.length > 0 && foreign.length === this.#owners.length)
      return { finds: 'note', line, says: `${name} looks at images of ${foreign.join(', ')} alone` };
    if (this.#fields.size === 0 && this.#tags.size === 0) {
      const why = this.#widened.length > 0 ? `: ${this.#widened.join(', ')}` : '';
      return { finds: 'note', line, says: `${name} asks for nothing that is known${why}` };
    }
    const owners = this.#owners.filter((owner) => !foreign.includes(owner));
    const images = {
      ...(owners.length > 0 && { owner: owners.length === 1 ? owners[0] : owners }),
      ...Object.fromEntries(this.#fields),
      ...(this.#tags.size > 0 && { tags: Object.fromEntries(this.#tags) }),
    };
    // Whether an account is one's own is not known here.
    const isOthers = owners.length > 0 && !owners.includes('self');
    const lookup = {
      name,
      images,
      take: this.#widened.length > 0 ? ('all' as const) : take,
      ...(isOthers && { mayBeEmpty: true as const }),
    };
    return { finds: 'lookup', line, lookup, widened: this.#widened };
  }
}
