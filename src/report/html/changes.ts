import { count } from '../../text/format.ts';
import { changedImages, changeSentence, changesSentence, changeTitle } from '../changes/sentences.ts';
import type { ChangedImage, Report } from '../shape.ts';
import { html, type Markup } from './markup.ts';

const MOST_ROWS = 100;
const OPEN_UP_TO = 8;

/** What is new and what is decided differently since the earlier report in the same place. */
export function changes({ changes: all }: Report): Markup | undefined {
  if (all === undefined) return undefined;
  const told = html`<bdi>${changesSentence(all)}</bdi>`;
  const inside =
    all.status === 'compared' && all.images.length > 0
      ? table(changedImages(all), told)
      : html`<div class="card pass-card">${told}</div>`;
  return html`<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Since the last report</h2>${inside}</section>`;
}

function table(images: readonly ChangedImage[], told: Markup): Markup {
  const more = images.length - MOST_ROWS;
  return html`<details class="card pass-card"${images.length <= OPEN_UP_TO ? html` open` : undefined}><summary>${told}</summary><div class="scroll" tabindex="0" role="region" aria-label="Changed images"><table class="actions"><thead><tr><th scope="col">Image</th><th scope="col">Owner</th><th scope="col">Change and why</th></tr></thead><tbody>${images.slice(0, MOST_ROWS).map(row)}</tbody></table></div>${more > 0 ? html`<p class="muted">… and ${count(more)} more in report.json.</p>` : undefined}</details>`;
}

function row(image: ChangedImage): Markup {
  const { imageId, name, owner, change } = image;
  const id =
    change === 'gone' ? html`<code>${imageId}</code>` : html`<a href="#q=${imageId}"><code>${imageId}</code></a>`;
  return html`<tr><td>${id}<br><bdi>${name}</bdi></td><td><bdi>${owner ?? ''}</bdi></td><td><b>${changeTitle(image)}</b> <bdi class="muted">${changeSentence(image)}</bdi></td></tr>`;
}
