/** A bar per label, in the spec's order, each a `meter` that screen readers can read and tests can measure. */

import { t } from '../i18n/i18n';
import { make, setText } from './dom';
import { percent, title } from './format';

interface Bar {
  readonly row: HTMLElement;
  readonly meter: HTMLElement;
  readonly fill: HTMLElement;
  readonly number: HTMLElement;
}

export class Bars {
  readonly element: HTMLUListElement;
  readonly #bars = new Map<string, Bar>();

  /** `prefix` begins the test ids: `face` gives `face-bar-happy`. */
  constructor(
    private readonly prefix: string,
    label: string,
  ) {
    this.element = make('ul', { class: 'bars list-unstyled mb-0', 'aria-label': label });
  }

  /**
   * Shows probabilities in [0, 1]; `null` empties the bars and keeps their labels.
   *
   * @param named the label that the reading names, which is emphasised; by default the most probable
   */
  show(probabilities: Readonly<Record<string, number>> | null, named?: string): void {
    if (probabilities === null) {
      for (const bar of this.#bars.values()) this.#set(bar, null, false);
      return;
    }
    const entries = Object.entries(probabilities);
    this.#prepare(entries.map(([label]) => label));
    const top = named ?? entries.reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
    for (const [label, value] of entries) {
      const bar = this.#bars.get(label);
      if (bar) this.#set(bar, value, label === top);
    }
  }

  /** Makes the rows for these labels, if they are not there yet. */
  prepare(labels: readonly string[]): void {
    this.#prepare(labels);
  }

  #prepare(labels: readonly string[]): void {
    if (labels.length === this.#bars.size && labels.every((label) => this.#bars.has(label))) return;
    this.#bars.clear();
    this.element.replaceChildren(...labels.map((label) => this.#row(label)));
  }

  #row(label: string): HTMLElement {
    const fill = make('span', { class: 'bar-fill' });
    const meter = make(
      'span',
      {
        class: 'bar-track',
        role: 'meter',
        'aria-label': title(label),
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': 0,
      },
      fill,
    );
    const number = make('span', { class: 'bar-number', 'aria-hidden': 'true' });
    const name = make('span', { class: 'bar-label', 'aria-hidden': 'true' }, title(label));
    const row = make(
      'li',
      { class: 'bar', 'data-emotion': label, 'data-testid': `${this.prefix}-bar-${label}` },
      name,
      meter,
      number,
    );
    const bar = { row, meter, fill, number };
    this.#bars.set(label, bar);
    this.#set(bar, null, false);
    return row;
  }

  #set(bar: Bar, value: number | null, top: boolean): void {
    const share = value ?? 0;
    bar.fill.style.transform = `translateX(${((share - 1) * 100).toFixed(2)}%)`;
    bar.row.dataset.value = value === null ? '' : value.toFixed(4);
    bar.row.classList.toggle('is-top', top);
    bar.meter.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    bar.meter.setAttribute('aria-valuetext', value === null ? t('panels.bars.none') : percent(value));
    setText(bar.number, value === null ? '–' : percent(value));
  }
}
