import { count } from '../../text/format.ts';

/** Which text parameters a first policy searches for image ids, and what of them stays unread. */
export interface ParameterProposal {
  /** Name globs for `references.ssmParameters`; each matches at least one parameter. */
  readonly globs: readonly string[];
  /** What is not read, in a phrase. */
  readonly unread: string;
}

/** Nobody listed the names: a recording has none. */
export const NO_PARAMETERS: ParameterProposal = {
  globs: [],
  unread: 'the names of text parameters, which a recording does not hold',
};

/** The names could not be listed. */
export function unlistedParameters(error: string): ParameterProposal {
  return { globs: [], unread: `the names of text parameters (${error.replace(/\s+/g, ' ')})` };
}

const SPEAKS_OF_IMAGES = /(?:^|[._-])(?:amis?|images?|golden|packer)(?:$|[._-])/i;

/**
 * Proposes the parameters whose names speak of images: everything below a folder that does, else the parameter itself.
 * Values are not read for it, so what other names hold is not known.
 */
export function proposeParameters(names: readonly string[]): ParameterProposal {
  const found = names.flatMap((name) => {
    const folders = name.split('/');
    const at = folders.findIndex((folder) => SPEAKS_OF_IMAGES.test(folder));
    if (at < 0) return [];
    const path = folders.slice(0, at + 1).join('/');
    return [{ name, glob: at < folders.length - 1 ? `${path}/*` : path }];
  });
  const globs = [...new Set(found.map(({ glob }) => glob))].sort();
  const others = names.length - found.length;
  const unread = `text parameters whose names do not speak of images (${count(others)} of ${count(names.length)})`;
  return { globs, unread };
}
