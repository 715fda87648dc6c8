/** All corrections, by subject: applied or not, taken back, exported, brought in. */

import { t } from '../i18n/i18n';
import { deliver, fileName, gather } from '../session/deliver';
import { labelName, subjectName } from '../session/names';
import { readCorrectionsFile } from '../session/read-json';
import type { Session, Subject } from '../session/session';
import { textOf } from '../session/view/files-view';
import { box, button, fileButton, toggle } from '../session/view/parts';
import type { StatusLine } from '../session/view/status-line';
import { correctionsOnlyJson } from '../session/write-json';
import { make } from '../ui/dom';
import type { Scope } from '../ui/scope';
import { addCorrections } from './add-corrections';
import type { Corrector } from './corrector';

/** Shifts smaller than this are not worth a word. */
const LEAST_SHIFT = 0.05;

export class CorrectionsView {
  readonly element: HTMLElement;
  readonly #list = make('ul', { class: 'corrections list-unstyled', 'data-testid': 'corrections-list' });

  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly corrector: Corrector,
    private readonly status: StatusLine,
  ) {
    const { element, input } = toggle(t('correction.switch'), 'corrections-switch', (on) => { corrector.switch(on); });
    input.checked = corrector.isOn;
    this.element = box(
      t('correction.title'),
      'corrections',
      make('p', { class: 'soft' }, t('correction.explain')),
      element,
      this.#list,
      make(
        'div',
        { class: 'button-row' },
        button(t('correction.export'), 'export-corrections', () => void this.#export()),
        fileButton(t('correction.import'), 'import-corrections', (file) => void this.#import(file)),
        button(t('correction.resetAll'), 'corrections-reset-all', () => { session.resetCorrections(); }),
      ),
    );
    session.onChange(scope, () => { this.#render(); });
    this.#render();
  }

  #render(): void {
    const rows = this.session.subjects.flatMap((subject) => this.#row(subject));
    this.#list.replaceChildren(...(rows.length > 0 ? rows : [make('li', { class: 'soft' }, t('correction.none'))]));
  }

  #row(subject: Subject): HTMLElement[] {
    const its = this.session.corrections.filter((one) => one.subject === subject.id);
    if (its.length === 0) return [];
    const counts = new Map<string, { shown: string; right: string; count: number }>();
    for (const { shown, right } of its) {
      const key = JSON.stringify([shown, right]);
      counts.set(key, { shown, right, count: (counts.get(key)?.count ?? 0) + 1 });
    }
    const words = [...counts.values()].map(({ shown, right, count }) => t('correction.list', { shown: labelName(shown), right: labelName(right), count }));
    const name = subjectName(subject);
    const reset = button(t('correction.reset'), 'corrections-reset', () => { this.session.resetCorrections(subject.id); });
    reset.setAttribute('aria-label', t('correction.resetOf', { name }));
    const count = its.length === 1 ? t('correction.count.one') : t('correction.count.many', { count: its.length });
    return [
      make(
        'li',
        { 'data-testid': 'corrected', 'data-subject': subject.id, 'data-count': its.length },
        make('div', {}, make('strong', {}, name), ` · ${count}: ${words.join(', ')}`, make('div', { class: 'soft' }, this.#shift(subject))),
        reset,
      ),
    ];
  }

  /** "Shift: Happy +1.2, Sad −0.8": what was learned, in logits. */
  #shift({ id }: Subject): string {
    const shifts = Object.entries(this.corrector.biasOf(id) ?? {}).filter(([, value]) => Math.abs(value) >= LEAST_SHIFT);
    const words = shifts.sort((a, b) => b[1] - a[1]).map(([label, value]) => `${labelName(label)} ${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)}`);
    return words.length > 0 ? t('correction.shift', { list: words.join(', ') }) : '';
  }

  async #export(): Promise<void> {
    deliver(await gather(correctionsOnlyJson(this.session), 'application/json'), fileName('corrections', this.session.zero, 'json'));
  }

  async #import(file: File): Promise<void> {
    try {
      const added = addCorrections(this.session, readCorrectionsFile(file.name, await textOf(file)), file.name, Date.now());
      this.status.say(t('correction.imported', { count: added, file: file.name }));
    } catch (error) {
      this.status.failWith(error, t('session.unreadable', { file: file.name }), t('session.unreadable.remedy'));
    }
  }
}
