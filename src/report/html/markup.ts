import { htmlText } from '../../text/untrusted.ts';

/** HTML that is known to be markup; every other text is escaped on its way in. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | readonly Part[];

/** A template whose values are text unless they are markup themselves: html`<b>${name}</b>`. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const woven = literals.map((literal, index) => literal + (index < parts.length ? rendered(parts[index]) : ''));
  return new Markup(woven.join(''));
}

function rendered(part: Part): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'object') return part.map(rendered).join('');
  return htmlText(String(part));
}

/** A page's beginning; nothing is fetched, posted or framed, and only what `allowed` names runs or applies. */
export function pageStart(title: string, style: string, allowed: string): Markup {
  const policy = `default-src 'none'; ${allowed}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${new Markup(policy)}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>${title}</title><style>${new Markup(style)}</style></head>
`;
}

/** A table that scrolls by itself where it is too wide, with a name for those who hear the page. */
export function scrollTable(
  label: string,
  heads: readonly string[],
  rows: readonly Markup[],
  { box = 'scroll', table }: Partial<Record<'box' | 'table', string>> = {},
  numbers: readonly number[] = [],
): Markup {
  const kind = table === undefined ? undefined : html` class="${table}"`;
  const head = (text: string, column: number) =>
    html`<th scope="col"${numbers.includes(column) ? html` class="number"` : undefined}>${text}</th>`;
  return html`<div class="${box}" tabindex="0" role="region" aria-label="${label}"><table${kind}><thead><tr>${heads.map(head)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
