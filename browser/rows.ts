import {
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { PageData } from '../src/report/html/page-data.ts';
import { byId, element } from './element.ts';
import type { Group } from './query.ts';
import { groupRow, imageRow } from './row.ts';

const ROW_HEIGHT = 50;
const MOST_PRINTED = 5000;

/** The visible part of the table: only rows in sight are in the document, however many there are. */
export class Rows {
  readonly #data: PageData;
  readonly #scroller = byId('table', HTMLDivElement);
  readonly #table = byId('rows', HTMLTableElement);
  readonly #above = spacer();
  readonly #below = spacer();
  readonly #bodies = new Map<number, HTMLTableSectionElement>();
  readonly #open = new Set<number>();
  readonly #virtualizer: Virtualizer<HTMLDivElement, HTMLTableSectionElement>;
  readonly #openGroups = new Set<string>();
  #groups: readonly Group[] | undefined;
  #found: readonly number[] = [];
  /** Rows of the data; below zero, groups: -1 is the first. */
  #order: readonly number[] = [];
  #columns = 0;
  #printing = false;

  constructor(data: PageData) {
    this.#data = data;
    this.#table.append(this.#above, this.#below);
    this.#virtualizer = new Virtualizer(this.#options());
    this.#virtualizer._didMount();
    this.#table.addEventListener('click', (event) => this.#clicked(event));
    this.#table.addEventListener('keydown', (event) => this.#pressed(event));
    addEventListener('beforeprint', () => this.#print());
    addEventListener('afterprint', () => {
      this.#printing = false;
      this.#table.classList.remove('printing');
      this.show(this.#found, this.#groups);
    });
    for (const width of [760, 1100, 1320])
      matchMedia(`(max-width: ${width}px)`).addEventListener('change', () => this.show(this.#found, this.#groups));
  }

  /** Shows these rows, in this order, from the first; of groups only those that are folded out. */
  show(found: readonly number[], groups?: readonly Group[]): void {
    this.#found = found;
    this.#groups = groups;
    this.#scroller.scrollTop = 0;
    this.#arrange();
  }

  #arrange(): void {
    const order =
      this.#groups?.flatMap(({ label, rows }, index) => [
        -1 - index,
        ...(this.#printing || this.#openGroups.has(label) ? rows : []),
      ]) ?? this.#found;
    this.#order = order;
    this.#columns = [...(this.#table.tHead?.rows[0]?.cells ?? [])].filter(({ offsetWidth }) => offsetWidth > 0).length;
    this.#table.setAttribute('aria-rowcount', String(order.length + 1));
    this.#clear();
    this.#virtualizer.setOptions(this.#options());
    this.#virtualizer._willUpdate();
    this.#render();
  }

  #options(): VirtualizerOptions<HTMLDivElement, HTMLTableSectionElement> {
    const headHeight = this.#table.tHead?.offsetHeight ?? 0;
    return {
      count: this.#order.length,
      getScrollElement: () => this.#scroller,
      estimateSize: () => ROW_HEIGHT,
      getItemKey: (index) => this.#order[index] ?? index,
      overscan: 8,
      paddingStart: headHeight,
      scrollPaddingStart: headHeight,
      initialRect: { width: 0, height: this.#scroller.clientHeight },
      observeElementRect,
      observeElementOffset,
      measureElement,
      scrollToFn: elementScroll,
      onChange: () => this.#render(),
    };
  }

  #render(): void {
    if (this.#printing) return;
    const items = this.#virtualizer.getVirtualItems();
    const wanted = new Set(items.map(({ index }) => this.#order[index] ?? -1));
    for (const [row, body] of this.#bodies) {
      if (wanted.has(row)) continue;
      body.remove();
      this.#bodies.delete(row);
    }
    let after: Element = this.#above;
    for (const { index } of items) {
      const row = this.#order[index] ?? -1;
      const body = this.#bodies.get(row) ?? this.#add(row, index);
      if (after.nextElementSibling !== body) after.after(body);
      if (body.dataset.measured === undefined) {
        body.dataset.measured = '';
        this.#virtualizer.measureElement(body);
      }
      after = body;
    }
    const [first, last] = [items[0], items.at(-1)];
    const head = this.#virtualizer.options.paddingStart;
    height(this.#above, first === undefined ? 0 : first.start - head);
    height(this.#below, last === undefined ? 0 : this.#virtualizer.getTotalSize() - last.end);
  }

  #add(row: number, index: number): HTMLTableSectionElement {
    const group = this.#groups?.[-1 - row];
    const isOpen = this.#printing || (group === undefined ? this.#open.has(row) : this.#openGroups.has(group.label));
    const body =
      group === undefined
        ? imageRow(this.#data, row, isOpen, this.#columns)
        : groupRow(this.#data, group, isOpen, this.#columns);
    body.dataset.row = String(row);
    body.dataset.index = String(index);
    body.rows[0]?.setAttribute('aria-rowindex', String(index + 2));
    this.#bodies.set(row, body);
    return body;
  }

  #clear(): void {
    for (const body of this.#bodies.values()) body.remove();
    this.#bodies.clear();
  }

  #clicked({ target }: Event): void {
    if (!(target instanceof Element) || target.closest('.copy, a') || getSelection()?.isCollapsed === false) return;
    const body = target.closest('.line')?.parentElement;
    if (body instanceof HTMLTableSectionElement) this.#fold(body);
  }

  #fold(body: HTMLTableSectionElement): void {
    const row = Number(body.dataset.row);
    const index = Number(body.dataset.index);
    const group = this.#groups?.[-1 - row];
    if (group !== undefined) {
      if (!this.#openGroups.delete(group.label)) this.#openGroups.add(group.label);
      this.#arrange();
      this.#bodies.get(row)?.querySelector('button')?.focus({ preventScroll: true });
      return;
    }
    if (!this.#open.delete(row)) this.#open.add(row);
    const held = body.contains(document.activeElement);
    const folded = this.#add(row, index);
    body.replaceWith(folded);
    this.#virtualizer.measureElement(null);
    this.#render();
    if (held) folded.querySelector('button')?.focus();
  }

  #pressed(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || !(event.target instanceof HTMLElement)) return;
    const body = event.target.closest('tbody');
    if (body === null) return;
    event.preventDefault();
    const index = Math.min(Math.max(Number(body.dataset.index) + step, 0), this.#order.length - 1);
    this.#virtualizer.scrollToIndex(index, { align: 'auto' });
    this.#bodies
      .get(this.#order[index] ?? -1)
      ?.querySelector('button')
      ?.focus();
  }

  #print(): void {
    this.#printing = true;
    this.#table.classList.add('printing');
    this.#arrange();
    height(this.#above, 0);
    height(this.#below, 0);
    const printed = this.#order.slice(0, MOST_PRINTED);
    this.#below.before(...printed.map((row, index) => this.#add(row, index)));
    const more = this.#order.length - printed.length;
    const text = `${more.toLocaleString('en-US')} more are not printed: filter the table, or take images.csv.`;
    byId('unprinted', HTMLParagraphElement).textContent = more > 0 ? text : '';
  }
}

function spacer(): HTMLTableSectionElement {
  return element('tbody', { class: 'spacer', 'aria-hidden': 'true' }, element('tr', {}, element('td')));
}

function height(body: HTMLTableSectionElement, pixels: number): void {
  const cell = body.rows[0]?.cells[0];
  if (cell === undefined) return;
  body.hidden = pixels <= 0;
  cell.style.height = `${Math.max(0, pixels)}px`;
}
