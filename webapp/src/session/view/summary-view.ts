/** What the session comes to, as a table; people can be named and joined there. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import { percent } from '../../ui/format';
import type { Scope } from '../../ui/scope';
import { MAX_NAME_LENGTH } from '../limits';
import { labelName, subjectName } from '../names';
import type { Session, Subject } from '../session';
import { summarise, type Summary } from '../summary';
import { clock } from '../time';
import { box } from './parts';
import type { StatusLine } from './status-line';

/** Shares below this are left out of the words; the bar has them. */
const LEAST_SHARE = 0.005;

export class SummaryView {
  readonly element: HTMLElement;
  readonly #body = make('tbody', {});
  #samples = -1;

  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly status: StatusLine,
  ) {
    const heads = ['summary.who', 'summary.read', 'summary.shares', 'summary.age', 'summary.changes', 'summary.same'] as const;
    const table = make(
      'table',
      { class: 'summary', 'data-testid': 'summary-table' },
      make('caption', { class: 'visually-hidden' }, t('summary.caption')),
      make('thead', {}, make('tr', {}, ...heads.map((key) => make('th', { scope: 'col' }, t(key))))),
      this.#body,
    );
    this.element = box(t('summary.title'), 'summary', make('div', { class: 'table-scroll' }, table));
    this.#render();
    session.onChange(scope, () => { this.#render(); });
    // Samples alone are no change that is told; the sums are renewed when they can be seen.
    const seen = (): boolean => this.element.parentElement?.checkVisibility() ?? false; // itself it is hidden while empty
    scope.interval(() => { if (session.sampleCount !== this.#samples && seen()) this.#render(); }, 1000);
  }

  #render(): void {
    // A name that is being typed is not to be taken away.
    if (this.#body.contains(document.activeElement)) return;
    this.#samples = this.session.sampleCount;
    // Who has corrections but no samples is here to be joined with somebody who has.
    const corrected = new Set(this.session.corrections.map((correction) => correction.subject));
    const subjects = this.session.subjects.filter(({ id, series }) => series.length > 0 || corrected.has(id));
    this.element.hidden = subjects.length === 0;
    this.#body.replaceChildren(...subjects.map((subject) => this.#row(subject, subjects)));
  }

  #row(subject: Subject, all: readonly Subject[]): HTMLElement {
    const summary = summarise(subject.series);
    const age = summary.meanAge === null ? '–' : t('summary.years', { years: summary.meanAge.toFixed(1) });
    const cell = (label: 'summary.read' | 'summary.age' | 'summary.changes', text: string): HTMLElement => make('td', { 'data-label': t(label) }, text);
    return make(
      'tr',
      { 'data-testid': 'summary-row', 'data-subject': subject.id, 'data-read-ms': summary.readMs, 'data-changes': summary.changes },
      make('th', { scope: 'row' }, this.#name(subject)),
      cell('summary.read', clock(summary.readMs)),
      make('td', { 'data-label': t('summary.shares') }, ...shares(subject, summary)),
      cell('summary.age', age),
      cell('summary.changes', String(summary.changes)),
      make('td', { 'data-label': t('summary.same') }, this.#sameAs(subject, all)),
    );
  }

  #name(subject: Subject): HTMLElement {
    const name = subjectName(subject);
    const input = make('input', { type: 'text', class: 'form-control form-control-sm name-field', maxlength: MAX_NAME_LENGTH, value: name, 'aria-label': t('summary.nameOf', { name }), 'data-testid': 'subject-name' });
    input.addEventListener('change', () => {
      const unnamed = subjectName({ ...subject, name: '' });
      this.session.rename(subject.id, input.value.trim() === unnamed ? '' : input.value);
      input.value = subjectName(subject);
    });
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') input.blur();
    });
    input.addEventListener('blur', () => { setTimeout(() => { this.#render(); }); });
    return input;
  }

  /** A choice of whom this one is to be joined with. */
  #sameAs(subject: Subject, all: readonly Subject[]): Node {
    const others = all.filter((other) => this.session.canMerge(subject, other));
    if (others.length === 0) return document.createTextNode('–');
    const name = subjectName(subject);
    const select = make('select', { class: 'form-select form-select-sm', 'aria-label': t('summary.sameOf', { name }), 'data-testid': 'subject-same' }, make('option', { value: '' }, t('summary.nobody')), ...others.map((other) => make('option', { value: other.id }, subjectName(other))));
    select.addEventListener('change', () => {
      const into = this.session.subject(select.value);
      if (!into) return;
      const before = this.session.snapshot();
      const text = t('summary.merged', { from: name, into: subjectName(into) });
      select.blur();
      this.session.merge(subject.id, into.id);
      this.status.offerUndo(text, () => {
        this.session.replace(before);
        this.status.say(t('session.undo.done'));
      });
    });
    return select;
  }
}

/** A stacked bar, and the same in words. */
function shares({ series }: Subject, { shares: values }: Summary): Node[] {
  const parts = series.labels.map((label, k) => ({ label, share: values[k]! })).filter(({ share }) => share >= LEAST_SHARE);
  const bar = make('span', { class: 'share-bar', 'aria-hidden': 'true' });
  for (const { label, share } of parts) {
    const part = make('span', { 'data-emotion': label });
    part.style.flexGrow = share.toFixed(4);
    bar.append(part);
  }
  const words = [...parts].sort((a, b) => b.share - a.share).map(({ label, share }) => `${labelName(label)} ${percent(share)}`);
  return [bar, make('span', { class: 'share-words' }, words.join(', '))];
}
