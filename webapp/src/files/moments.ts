/** Moment by moment what was read from one face of a film, or from a voice. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import { percent, title } from '../ui/format';
import type { Moment, Subject } from './results';
import { ageWords, nameOf, timeWords } from './words';

export function momentsTable(file: string, subject: Subject): HTMLElement {
  const label = t('files.moments', { who: nameOf(subject), name: file });
  const withAge = subject.moments.some(({ age }) => age !== undefined);
  const columns = [t('files.moment'), t('files.column.emotion'), t('files.column.probability')];
  if (withAge) columns.push(t('files.column.age'));
  const head = make('thead', {}, make('tr', {}, ...columns.map((column) => make('th', { scope: 'col' }, column))));
  const body = make('tbody', {}, ...subject.moments.map((moment) => momentRow(moment, subject.who, withAge)));
  // It scrolls by itself, so it must take the focus for the keyboard.
  return make(
    'div',
    { class: 'file-moments', role: 'region', tabindex: 0, 'aria-label': label },
    make('table', { class: 'small-table', 'data-testid': 'file-moments' }, make('caption', { class: 'visually-hidden' }, label), head, body),
  );
}

function momentRow(moment: Moment, who: Subject['who'], withAge: boolean): HTMLTableRowElement {
  const { emotion, age } = moment;
  const share = emotion ? (emotion.probabilities[emotion.label] ?? 0) : null;
  const cells = [
    make('th', { scope: 'row' }, timeWords(moment, who)),
    make('td', {}, emotion ? make('span', { class: 'file-emotion' }, title(emotion.label)) : t('files.silent')),
    make('td', {}, share === null ? '–' : percent(share)),
  ];
  if (withAge) cells.push(make('td', {}, age ? ageWords(age) : '–'));
  return make('tr', { 'data-emotion': emotion?.label ?? '', 'data-start': moment.start.toFixed(3), 'data-probability': share?.toFixed(4) }, ...cells);
}
