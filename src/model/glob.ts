/**
 * Matches a whole text against a glob of `*` (any run), `?` (one character) and `\` (the next character as
 * it is). Written by hand, in time of length × length at the worst, because globs and texts are anyone's:
 * a regular expression made from `*a*a*a*` can take for ever.
 */
export function matchesGlob(glob: string, text: string): boolean {
  let g = 0;
  let t = 0;
  let starAt = -1;
  let starText = 0;
  while (t < text.length) {
    const escaped = glob[g] === '\\' && g + 1 < glob.length;
    const wanted = escaped ? glob[g + 1] : glob[g];
    if (!escaped && wanted === '*') {
      starAt = g;
      starText = t;
      g += 1;
    } else if (wanted !== undefined && ((!escaped && wanted === '?') || wanted === text[t])) {
      g += escaped ? 2 : 1;
      t += 1;
    } else if (starAt >= 0) {
      g = starAt + 1;
      starText += 1;
      t = starText;
    } else return false;
  }
  while (glob[g] === '*') g += 1;
  return g === glob.length;
}
