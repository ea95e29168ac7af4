import { jsonEscape } from '../../text/json.ts';
import { visible } from '../../text/untrusted.ts';

/** Anyone's text in a comment: one line, and nothing that YAML or an editor takes for more. */
export function comment(text: string): string {
  const shown = visible(text);
  return JSON.stringify(shown.length > 60 ? `${shown.slice(0, 60)}…` : shown);
}

/** Anyone's text as a YAML value: JSON's strings are YAML's double-quoted ones. */
export function yaml(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]/g,
    jsonEscape,
  );
}

/** Text as a glob that matches nothing else. */
export function glob(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}
