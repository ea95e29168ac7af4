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

/** A table that scrolls by itself where it is too wide, with a name for those who hear the page. */
export function scrollTable(
  label: string,
  heads: readonly string[],
  rows: readonly Markup[],
  { box = 'scroll', table }: { readonly box?: string; readonly table?: string } = {},
): Markup {
  const kind = table === undefined ? undefined : html` class="${table}"`;
  return html`<div class="${box}" tabindex="0" role="region" aria-label="${label}"><table${kind}><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
