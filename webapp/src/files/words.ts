/** Readings of files as people read them. */
import { t } from '../i18n/i18n';
import type { Age } from '../types';
import type { Moment, Note, Subject } from './results';

export function nameOf(subject: Subject): string {
  return subject.who === 'face' ? t('files.face', { number: subject.number }) : t('files.voice');
}

export function ageWords({ years, low, high }: Age): string {
  const range = t('files.age-range', { low: Math.round(low), high: Math.round(high) });
  return `${t('files.age', { years: Math.round(years) })} (${range})`;
}

export function noteWords(notes: readonly Note[]): string {
  return notes.map((note) => t(`files.note.${note}`)).join(' ');
}

/** "0:02.5–0:05.5", or one time where the moment is a picture of a film. */
export function timeWords({ start, end }: Moment, who: Subject['who']): string {
  return who === 'face' ? clock(start) : `${clock(start)}–${clock(end)}`;
}

/** 3725.5 -> "1:02:05.5". */
export function clock(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const rest = (tenths % 600) / 10;
  const minutes = Math.floor(tenths / 600) % 60;
  const hours = Math.floor(tenths / 36_000);
  const end = `${String(Math.floor(rest)).padStart(2, '0')}.${tenths % 10}`;
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${end}` : `${minutes}:${end}`;
}
