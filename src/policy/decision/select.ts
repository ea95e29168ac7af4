import { globMatcher } from '../../model/glob.ts';
import type { Image } from '../../model/image.ts';
import type { Selector } from '../../model/policy.ts';
import { tagCondition } from './tag-match.ts';

type Condition = (image: Image, at: number) => boolean;

/** Compiles a selector into one condition: all that it asks for must hold. An age that is not known meets no age condition. */
export function compileSelector(selector: Selector): Condition {
  // What is cheap to ask comes first: most rules do not select most images.
  const conditions: Condition[] = [
    ...ageCondition(selector.olderThan?.milliseconds, (ageMs, limitMs) => ageMs >= limitMs),
    ...ageCondition(selector.youngerThan?.milliseconds, (ageMs, limitMs) => ageMs < limitMs),
    ...oneOf(selector.architecture, (image) => image.architecture),
    ...oneOf(selector.platform, (image) => image.platform),
    ...oneOf(selector.rootDeviceType, (image) => image.rootDeviceType),
    ...oneOf(selector.state, (image) => image.state),
    ...oneOf(selector.name, (image) => image.name),
    ...oneOf(selector.description, (image) => image.description),
    ...selector.tags.map((tag): Condition => {
      const holds = tagCondition(tag);
      return (image) => holds(image.tags);
    }),
  ];
  return (image, at) => {
    for (const condition of conditions) if (!condition(image, at)) return false;
    return true;
  };
}

/** Whether time alone can change what the selector selects. */
export function selectsByAge(selector: Selector): boolean {
  return selector.olderThan !== undefined || selector.youngerThan !== undefined;
}

function oneOf(patterns: readonly string[] | undefined, fieldOf: (image: Image) => string): Condition[] {
  if (patterns === undefined) return [];
  const matchers = patterns.map(globMatcher);
  return [
    (image) => {
      const text = fieldOf(image);
      for (const matches of matchers) if (matches(text)) return true;
      return false;
    },
  ];
}

function ageCondition(limitMs: number | undefined, holds: (ageMs: number, limitMs: number) => boolean): Condition[] {
  if (limitMs === undefined) return [];
  return [(image, at) => image.creationDate !== undefined && holds(at - image.creationDate.getTime(), limitMs)];
}
