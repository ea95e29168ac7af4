import { pathText, TOO_DEEP, type ValidationIssue } from './problem.ts';

const DEEPEST = 50;

/** What an object can hold that a policy must not: endless nesting, and a key that objects treat in a way of their own. */
export function checkObject(value: unknown, path: readonly (string | number)[] = []): readonly ValidationIssue[] {
  if (typeof value !== 'object' || value === null) return [];
  if (path.length > DEEPEST) return [{ message: TOO_DEEP, path: '' }];
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__') return [{ message: 'this key can not be used', path: pathText(at) }];
    const faults = checkObject(inner, at);
    if (faults.length > 0) return faults;
  }
  return [];
}
