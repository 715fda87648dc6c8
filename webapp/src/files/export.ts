/**
 * The results as files to keep. CSV: one row a reading. `level` is `file` (sums over a face or voice of a file, or a
 * file that has none, with the reason in `status` and `message`) or `moment` (one look at a film, one window of sound).
 * JSON: the same, nested, with all probabilities.
 */
import type { Problem } from '../ui/problems';
import { shownGender } from '../live/shown';
import { csvOf, type Cell } from './csv';
import type { Job } from './queue';
import type { FileReading, Moment, Subject } from './results';

export const FORMAT = 'mien-files/1';

const HEADER = [
  'file',
  'path',
  'bytes',
  'status',
  'message',
  'level',
  'who',
  'number',
  'start_seconds',
  'end_seconds',
  'emotion',
  'emotion_probability',
  'age_years',
  'age_low',
  'age_high',
  'gender',
  'gender_probability',
  'box_x',
  'box_y',
  'box_width',
  'box_height',
] as const;

type FileJob = Job<FileReading>;

/** @param messageOf why a file failed, in words */
export function filesToCsv(jobs: readonly FileJob[], messageOf: (job: FileJob) => string): string {
  const labels = [...new Set(jobs.flatMap((job) => job.result?.subjects.flatMap(({ emotion }) => Object.keys(emotion?.probabilities ?? {})) ?? []))];
  const header = [...HEADER, ...labels.map((label) => `p_${label}`)];
  const rows = jobs.flatMap((job) => {
    const start: Cell[] = [job.file.name, pathOf(job.file), job.file.size, job.state, messageOf(job)];
    const subjects = job.result?.subjects ?? [];
    if (subjects.length === 0) return [[...start, 'file']];
    return subjects.flatMap((subject) => [
      [...start, 'file', subject.who, subject.number, ...readingCells(whole(subject), labels)],
      // In a picture there is one moment, which the sum repeats.
      ...(subject.moments.length === 1 && subject.who === 'face' ? [] : subject.moments).map((moment) => [
        ...start,
        'moment',
        subject.who,
        subject.number,
        ...readingCells(moment, labels),
      ]),
    ]);
  });
  return csvOf(header, rows.map((row) => header.map((_, index) => row[index])));
}

export function filesToJson(jobs: readonly FileJob[], messageOf: (job: FileJob) => string, now: Date): string {
  const files = jobs.map((job) => ({
    file: job.file.name,
    path: pathOf(job.file),
    bytes: job.file.size,
    status: job.state,
    message: messageOf(job),
    ...(job.result && {
      size: job.result.size ?? null,
      duration_seconds: job.result.duration ?? null,
      sample_rate: job.result.sampleRate ?? null,
      notes: job.result.notes,
      readings: job.result.subjects.map((subject) => ({
        who: subject.who,
        number: subject.number,
        ...readingJson(whole(subject)),
        moments: subject.moments.map((moment) => ({ start_seconds: moment.start, end_seconds: moment.end, ...readingJson(moment) })),
      })),
    }),
  }));
  return `${JSON.stringify({ format: FORMAT, exported: now.toISOString(), files }, null, 1)}\n`;
}

/** Why a job has no result. */
export function messageOfProblem({ what, remedy }: Problem): string {
  return `${what} ${remedy}`;
}

function whole(subject: Subject): Moment {
  const start = subject.moments[0]?.start ?? 0;
  const end = subject.moments.at(-1)?.end ?? 0;
  // The box of a face that moves is that of each moment.
  const { box, ...rest } = subject;
  return { ...rest, start, end, ...(box && subject.moments.length === 1 && { box }) };
}

function readingCells(reading: Moment, labels: readonly string[]): Cell[] {
  const { start, end, emotion, age, box } = reading;
  const gender = shownGender(reading);
  return [
    start,
    end,
    emotion?.label,
    emotion?.probabilities[emotion.label],
    age?.years,
    age?.low,
    age?.high,
    gender?.label,
    gender?.probabilities[gender.label],
    box?.x,
    box?.y,
    box?.width,
    box?.height,
    ...labels.map((label) => emotion?.probabilities[label]),
  ].map((cell) => (typeof cell === 'number' ? Number(cell.toFixed(4)) : cell));
}

function readingJson(reading: Moment): object {
  const { emotion, age, box } = reading;
  return { emotion, age: age ?? null, gender: shownGender(reading) ?? null, box: box ?? null };
}

/** Within the folder that was dropped or chosen; else the name. */
function pathOf(file: File): string {
  return file.webkitRelativePath || file.name;
}
