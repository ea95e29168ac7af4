import { closest, distance } from 'fastest-levenshtein';

/** The known word that is nearest to a misspelled one; undefined where none is near enough to be meant. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > 100 || known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const sameLetters = known.find((one) => one.toLowerCase() === lower);
  if (sameLetters !== undefined) return sameLetters;
  const best = closest(lower, known);
  return distance(lower, best.toLowerCase()) <= Math.max(2, Math.ceil(best.length / 2)) ? best : undefined;
}
