export const DAY = 86_400_000;

/** An id of the usual form, made of a number. */
export function id(prefix: string, number: number): string {
  return `${prefix}-0${number.toString(16).padStart(16, '0')}`;
}

/** Tags in EC2's shape. */
export function tagList(tags: Readonly<Record<string, string>>) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
