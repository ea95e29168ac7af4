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
