/** Notes: added at the cursor or now, gone to, edited, deleted. */

import { t } from '../../i18n/i18n';
import { make, setText } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import { MAX_NOTES, MAX_NOTE_LENGTH } from '../limits';
import type { Note, Session } from '../session';
import { clock } from '../time';
import { box, button } from './parts';
import type { StatusLine } from './status-line';
import type { Timeline } from './timeline';

export class NotesView {
  readonly element: HTMLElement;
  readonly #text = make('input', { type: 'text', class: 'form-control', maxlength: MAX_NOTE_LENGTH, placeholder: t('notes.placeholder'), 'aria-label': t('notes.label'), 'data-testid': 'note-text' });
  readonly #addAt = make('button', { type: 'submit', class: 'btn btn-quiet btn-sm', 'data-testid': 'note-add-at' });
  readonly #addNow: HTMLButtonElement;
  readonly #list = make('ol', { class: 'note-list list-unstyled mb-0', 'data-testid': 'note-list' });
  /** The note that is being edited. */
  #edited: number | null = null;

  /** `isLive` says whether now is a time in the session: an old one that was opened has long ended. */
  constructor(
    scope: Scope,
    private readonly session: Session,
    private readonly timeline: Timeline,
    private readonly status: StatusLine,
    private readonly isLive: () => boolean,
  ) {
    this.#addNow = button(t('notes.addNow'), 'note-add-now', () => { this.#add(this.session.at(Date.now())); });
    const form = make('form', { class: 'note-form' }, this.#text, this.#addAt, this.#addNow);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#add(this.session.zero === null ? this.session.at(Date.now()) : this.timeline.cursor);
    });
    this.element = box(t('notes.title'), 'notes', form, this.#list);
    session.onChange(scope, () => { this.#render(); });
    this.#render();
    this.showCursor();
  }

  /** Says where a note would be put. */
  showCursor(): void {
    this.#addNow.hidden = !this.isLive();
    setText(this.#addAt, t('notes.addAt', { time: clock(this.timeline.cursor) }));
  }

  #add(ms: number): void {
    if (this.#text.value.trim() === '') {
      this.#text.focus();
      return;
    }
    const note = this.session.addNote(ms, this.#text.value);
    if (note) this.#text.value = '';
    else this.status.fail(t('notes.refused', { max: MAX_NOTES }), '');
  }

  #render(): void {
    const { notes } = this.session;
    if (notes.length === 0) {
      this.#list.replaceChildren(make('li', { class: 'soft' }, t('notes.none')));
      return;
    }
    // What the visitor is typing in must not be taken away by a change elsewhere.
    if (this.#edited !== null && notes.some(({ id }) => id === this.#edited) && this.#list.querySelector('form')) return;
    this.#list.replaceChildren(...notes.map((note) => (note.id === this.#edited ? this.#editor(note) : this.#row(note))));
  }

  #row(note: Note): HTMLElement {
    const time = clock(note.ms);
    const go = button(time, 'note-go', () => { this.timeline.goTo(note.ms); }, 'btn btn-link btn-sm note-time');
    go.setAttribute('aria-label', t('notes.goTo', { time }));
    const edit = button(t('notes.edit'), 'note-edit', () => {
      this.#edited = note.id;
      this.#render();
      this.#list.querySelector('input')?.focus();
    });
    edit.setAttribute('aria-label', t('notes.editOf', { time }));
    const remove = button(t('notes.delete'), 'note-delete', () => {
      this.session.removeNote(note.id);
      this.#text.focus();
    });
    remove.setAttribute('aria-label', t('notes.deleteOf', { time }));
    return make('li', { class: 'note-row', 'data-testid': 'note', 'data-ms': note.ms }, go, make('span', { class: 'note-words' }, note.text), edit, remove);
  }

  #editor(note: Note): HTMLElement {
    const text = make('input', { type: 'text', class: 'form-control', maxlength: MAX_NOTE_LENGTH, value: note.text, 'aria-label': t('notes.editOf', { time: clock(note.ms) }), 'data-testid': 'note-edit-text' });
    const close = (): void => {
      this.#edited = null;
      form.remove();
      this.#render();
      this.#list.querySelector<HTMLElement>(`[data-ms="${note.ms}"] [data-testid="note-edit"]`)?.focus();
    };
    const form = make('form', { class: 'note-form' }, text, make('button', { type: 'submit', class: 'btn btn-quiet btn-sm', 'data-testid': 'note-save' }, t('notes.save')), button(t('notes.cancel'), 'note-cancel', close));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.session.editNote(note.id, text.value);
      close();
    });
    form.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
    });
    return make('li', { class: 'note-row' }, form);
  }
}
