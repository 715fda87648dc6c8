/**
 * A session as JSON, `mien-session/1`; docs/session-format.md describes it. Long sessions come piece by piece, so that
 * the page can paint in between.
 */

import { SAMPLE_MS } from './limits';
import type { Series } from './series';
import type { Correction, Session, Subject } from './session';
import { isoTime } from './time';

export const SESSION_FORMAT = 'mien-session/1';
export const CORRECTIONS_FORMAT = 'mien-corrections/1';

const VALUES_A_PIECE = 4096;

/** The whole session. */
export function* sessionJson(session: Session): Generator<string> {
  yield `${opening(SESSION_FORMAT, session)},"sampleMs":${SAMPLE_MS},"subjects":[`;
  for (const [index, subject] of session.subjects.entries()) {
    yield `${index > 0 ? ',' : ''}\n${JSON.stringify(subjectHead(subject)).slice(0, -1)},"samples":{`;
    yield* samplesJson(subject.series);
    yield '}}';
  }
  yield `],\n"notes":${JSON.stringify(session.notes.map(({ ms, text }) => ({ ms, text })))}`;
  yield `,\n"corrections":${correctionsJson(session.corrections)}}\n`;
}

/** The corrections alone, with the subjects that they are about. */
export function* correctionsOnlyJson(session: Session): Generator<string> {
  const meant = new Set(session.corrections.map((correction) => correction.subject));
  const subjects = session.subjects.filter((subject) => meant.has(subject.id)).map(subjectHead);
  yield `${opening(CORRECTIONS_FORMAT, session)},\n"subjects":${JSON.stringify(subjects)}`;
  yield `,\n"corrections":${correctionsJson(session.corrections)}}\n`;
}

/** What is kept beside the samples: everything else. */
export function headJson(session: Session): string {
  const subjects = JSON.stringify(session.subjects.map((subject) => ({ ...subjectHead(subject), samples: null })));
  const notes = JSON.stringify(session.notes.map(({ ms, text }) => ({ ms, text })));
  return `${opening(SESSION_FORMAT, session)},"sampleMs":${SAMPLE_MS},"subjects":${subjects},"notes":${notes},"corrections":${correctionsJson(session.corrections)}}`;
}

function opening(format: string, { zero }: Session): string {
  return `{"format":"${format}","zero":${zero === null ? 'null' : `"${isoTime(zero)}"`}`;
}

function subjectHead({ id, kind, name, series, ageInterval }: Subject): object {
  return { id, kind, name, labels: series.labels, ageInterval };
}

function correctionsJson(corrections: readonly Correction[]): string {
  return JSON.stringify(corrections.map(({ ms, subject, shown, right, read }) => ({ ms, subject, shown, right, read })));
}

function* samplesJson(series: Series): Generator<string> {
  yield '"ms":';
  yield* column(series, (i) => series.ms(i));
  yield ',"label":';
  yield* column(series, (i) => series.labels[series.label(i)]!);
  yield ',"probabilities":{';
  for (const [k, label] of series.labels.entries()) {
    yield `${k > 0 ? ',' : ''}${JSON.stringify(label)}:`;
    yield* column(series, (i) => series.probability(i, k));
  }
  yield '}';
  const rest = {
    age: (i: number) => series.sample(i).age?.years ?? null,
    ageLow: (i: number) => series.sample(i).age?.low ?? null,
    ageHigh: (i: number) => series.sample(i).age?.high ?? null,
    female: (i: number) => series.sample(i).female,
  };
  for (const [name, value] of Object.entries(rest)) {
    if (isNever(series, value)) continue;
    yield `,"${name}":`;
    yield* column(series, value);
  }
}

function isNever(series: Series, value: (index: number) => number | null): boolean {
  for (let i = 0; i < series.length; i++) if (value(i) !== null) return false;
  return true;
}

function* column(series: Series, value: (index: number) => number | string | null): Generator<string> {
  yield '[';
  for (let start = 0; start < series.length; start += VALUES_A_PIECE) {
    const values: (number | string | null)[] = [];
    for (let i = start; i < Math.min(series.length, start + VALUES_A_PIECE); i++) values.push(value(i));
    yield `${start > 0 ? ',' : ''}${JSON.stringify(values).slice(1, -1)}`;
  }
  yield ']';
}
