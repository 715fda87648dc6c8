/** Reads what `write-json.ts` wrote, and refuses everything else with the place where it went wrong. */

import { t } from '../i18n/i18n';
import { MAX_CORRECTIONS, MAX_LABELS, MAX_MS, MAX_NAME_LENGTH, MAX_NOTES, MAX_NOTE_LENGTH, MAX_SAMPLES, MAX_SUBJECTS, SAMPLE_MS } from './limits';
import { type Place, parseFile } from './place';
import { readSamples } from './read-samples';
import { Series } from './series';
import { KINDS, type Content, type Subject } from './session';
import { parseZero, type Zero } from './time';
import { CORRECTIONS_FORMAT, SESSION_FORMAT } from './write-json';

const MAX_AGE_INTERVAL = 1;
const ISO_LENGTH = 40;
const ID = /^(person|voice|together)-([1-9]\d{0,5})$/;

/**
 * @param file its name, for messages
 * @throws FileFault where the text is no session
 */
export function readSession(file: string, text: string): Content {
  const fields = ofFormat(parseFile(file, text), SESSION_FORMAT).object(['format', 'zero', 'sampleMs', 'subjects', 'notes', 'corrections']);
  if (fields.sampleMs!.whole(60_000) !== SAMPLE_MS) fields.sampleMs!.fail(String(SAMPLE_MS));
  let left = MAX_SAMPLES;
  const subjects = readSubjects(fields.subjects!, ({ samples }, series) => {
    // What is kept on the device has its samples beside it.
    if (samples!.value !== null) left -= readSamples(samples!, series, left);
  }, ['samples']);
  const content = {
    zero: readZero(fields.zero!),
    subjects,
    notes: fields.notes!.list(MAX_NOTES).map((place) => {
      const note = place.object(['ms', 'text']);
      return { ms: note.ms!.whole(MAX_MS), text: note.text!.text(MAX_NOTE_LENGTH) };
    }),
    corrections: readCorrections(fields.corrections!, subjects),
  };
  requireZero(fields.zero!, content);
  return content;
}

/** Reads a file of corrections alone. */
export function readCorrectionsFile(file: string, text: string): Content {
  const fields = ofFormat(parseFile(file, text), CORRECTIONS_FORMAT).object(['format', 'zero', 'subjects', 'corrections']);
  const subjects = readSubjects(fields.subjects!, () => undefined, []);
  const content = { zero: readZero(fields.zero!), subjects, notes: [], corrections: readCorrections(fields.corrections!, subjects) };
  requireZero(fields.zero!, content);
  return content;
}

/** Another kind of file is named as such, before anything else in it is found strange. */
function ofFormat(top: Place, format: string): Place {
  const { format: place } = top.entries();
  if (place) place.oneOf([format]);
  return top;
}

function readZero(place: Place): Zero | null {
  if (place.value === null) return null;
  return parseZero(place.text(ISO_LENGTH)) ?? place.fail(t('file.expected.time'));
}

/** Without a zero, times mean nothing. */
function requireZero(place: Place, { zero, subjects, notes, corrections }: Content): void {
  const timed = subjects.some(({ series }) => series.length > 0) || notes.length > 0 || corrections.length > 0;
  if (zero === null && timed) place.fail(t('file.expected.time'));
}

function readSubjects(place: Place, readMore: (fields: Record<string, Place>, series: Series) => void, more: readonly string[]): Subject[] {
  const seen = new Set<string>();
  return place.list(MAX_SUBJECTS).map((item) => {
    const fields = item.object(['id', 'kind', 'name', 'labels', 'ageInterval', ...more]);
    const kind = fields.kind!.oneOf(KINDS);
    const [id, itsKind, number] = ID.exec(fields.id!.text(MAX_NAME_LENGTH)) ?? [];
    if (id === undefined || itsKind !== kind || seen.has(id)) return fields.id!.fail(t('file.expected.id', { kind }));
    seen.add(id);
    const { value } = fields.ageInterval!;
    const series = new Series(readLabels(fields.labels!));
    readMore(fields, series);
    return {
      id,
      kind,
      number: Number(number),
      name: fields.name!.text(MAX_NAME_LENGTH, 'empty'),
      ageInterval: value === null ? null : fields.ageInterval!.number(MAX_AGE_INTERVAL),
      series,
    };
  });
}

function readLabels(place: Place): string[] {
  const labels = place.list(MAX_LABELS).map((item) => item.text(MAX_NAME_LENGTH));
  if (labels.length === 0 || new Set(labels).size < labels.length) place.fail(t('file.expected.labels'));
  return labels;
}

function readCorrections(place: Place, subjects: readonly Subject[]): Content['corrections'] {
  const labelsOf = new Map(subjects.map(({ id, series }) => [id, series.labels]));
  return place.list(MAX_CORRECTIONS).map((item) => {
    const fields = item.object(['ms', 'subject', 'shown', 'right', 'read']);
    const subject = fields.subject!.oneOf([...labelsOf.keys()]);
    const labels = labelsOf.get(subject)!;
    const read = fields.read!.object(labels);
    const probabilities = Object.fromEntries(labels.map((label) => [label, read[label]!.number(1)]));
    return {
      ms: fields.ms!.whole(MAX_MS),
      subject,
      shown: fields.shown!.oneOf(labels),
      right: fields.right!.oneOf(labels),
      read: probabilities,
    };
  });
}
