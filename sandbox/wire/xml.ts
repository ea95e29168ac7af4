import { isRecord, type Shape, type Structure } from './shape.ts';

/** Writes answers as XML by walking their shape once; nothing is built but the text. */

const SPECIAL = /[&<>"']/;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

export function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character) : text;
}

function scalar(shape: Shape, value: unknown): string {
  if (value instanceof Date) {
    if (shape.kind === 'timestamp' && shape.format === 'epoch-seconds') return String(value.getTime() / 1000);
    if (shape.kind === 'timestamp' && shape.format === 'http-date') return value.toUTCString();
    return value.toISOString();
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return escapeXml(String(value));
}

function writeElement(name: string, shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'structure':
      return `<${name}>${writeMembers(shape, value)}</${name}>`;
    case 'list':
      return `<${name}>${writeItems(shape.itemName, shape.item(), value)}</${name}>`;
    case 'map': {
      const entries = isRecord(value) ? Object.entries(value) : [];
      const inner = entries.map(
        ([key, item]) =>
          `<entry><${shape.keyName}>${escapeXml(key)}</${shape.keyName}>${writeElement(shape.valueName, shape.value(), item)}</entry>`,
      );
      return `<${name}>${inner.join('')}</${name}>`;
    }
    default:
      return `<${name}>${scalar(shape, value)}</${name}>`;
  }
}

function writeItems(itemName: string, shape: Shape, value: unknown): string {
  if (!Array.isArray(value)) throw new Error(`Not a list: ${itemName}`);
  let text = '';
  for (const item of value) text += writeElement(itemName, shape, item);
  return text;
}

/** The members of a structure, without an element around them. */
export function writeMembers(shape: Structure, value: unknown): string {
  if (!isRecord(value)) throw new Error(`Not a structure: ${shape.name}`);
  let text = '';
  for (const member of shape.members) {
    const held = value[member.name];
    if (held === undefined || held === null || member.http.header !== undefined) continue;
    const memberShape = member.shape();
    text +=
      member.flattened && memberShape.kind === 'list'
        ? writeItems(member.xmlName, memberShape.item(), held)
        : writeElement(member.xmlName, memberShape, held);
  }
  return text;
}
