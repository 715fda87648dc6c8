/** Paints a stretch of a session: a lane for each subject, its probabilities stacked, the shown label as a band below. */

import { subjectName } from '../names';
import type { Session, Subject } from '../session';
import { stack, type Stack } from '../stack';
import { clock } from '../time';
import type { Palette } from './palette';
import { ticks, type Span } from './span';

/** In CSS pixels. */
export interface Lanes {
  readonly title: number;
  readonly stack: number;
  readonly band: number;
  readonly gap: number;
}

export const ROOMY: Lanes = { title: 22, stack: 52, band: 8, gap: 14 };
export const COMPACT: Lanes = { title: 18, stack: 22, band: 5, gap: 8 };

const AXIS = 26;
const PIXELS_PER_TICK = 90;
const PIXELS_PER_COLUMN = 2;
const MARK = 4;

/** How high a picture of so many subjects is. */
export function heightOf(subjects: number, lanes: Lanes): number {
  return subjects * (lanes.title + lanes.stack + lanes.band + lanes.gap) + AXIS;
}

/** Those that have a lane. */
export function drawn(session: Session): Subject[] {
  return session.subjects.filter(({ series }) => series.length > 0);
}

/** Paints onto `context`, whose units are CSS pixels, from its origin on. */
export function paint(context: CanvasRenderingContext2D, session: Session, span: Span, width: number, lanes: Lanes, palette: Palette): void {
  const subjects = drawn(session);
  const height = heightOf(subjects.length, lanes);
  paintAxis(context, span, width, height, palette);
  let y = 0;
  for (const subject of subjects) {
    context.fillStyle = palette.ink;
    context.font = `600 13px ${palette.font}`;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'left';
    context.fillText(subjectName(subject), 0, y + lanes.title - 6, width);
    y += lanes.title;
    context.fillStyle = palette.track;
    context.fillRect(0, y, width, lanes.stack + lanes.band);
    paintLane(context, subject, span, width, y, lanes, palette);
    y += lanes.stack + lanes.band + lanes.gap;
  }
  paintNotes(context, session, span, width, height, palette);
}

function paintLane(context: CanvasRenderingContext2D, { series }: Subject, span: Span, width: number, y: number, lanes: Lanes, palette: Palette): void {
  const columns = Math.max(1, Math.round(width / PIXELS_PER_COLUMN));
  const picture = stack(series, span.from, span.to, columns);
  const step = width / columns;
  for (const [begin, end] of runs(picture.labels)) {
    for (const [k, label] of series.labels.entries()) {
      context.fillStyle = palette.emotion(label);
      area(context, picture, series.labels.length, k, begin, end, step, y, lanes.stack);
    }
    for (let column = begin; column < end; column++) {
      context.fillStyle = palette.emotion(series.labels[picture.labels[column]!]!);
      context.fillRect(column * step, y + lanes.stack, step + 0.5, lanes.band);
    }
  }
}

/** Stretches of columns that have a reading, as [first, after last]. */
function runs(labels: Int16Array): [number, number][] {
  const result: [number, number][] = [];
  let begin = -1;
  for (let column = 0; column <= labels.length; column++) {
    const read = column < labels.length && labels[column]! >= 0;
    if (read && begin < 0) begin = column;
    if (!read && begin >= 0) {
      result.push([begin, column]);
      begin = -1;
    }
  }
  return result;
}

/** Fills the area between what lies under label k and the same with k on top. */
function area(context: CanvasRenderingContext2D, { shares }: Stack, labels: number, k: number, begin: number, end: number, step: number, y: number, height: number): void {
  const below = (column: number, upTo: number): number => {
    let sum = 0;
    for (let i = 0; i < upTo; i++) sum += shares[column * labels + i]!;
    return y + height * (1 - sum);
  };
  context.beginPath();
  for (let column = begin; column < end; column++) {
    // Half a pixel of overlap hides the seams between neighbouring areas.
    const top = below(column, k + 1) - (k + 1 < labels ? 0.5 : 0);
    context.lineTo(column * step, top);
    context.lineTo((column + 1) * step, top);
  }
  for (let column = end - 1; column >= begin; column--) {
    const bottom = below(column, k);
    context.lineTo((column + 1) * step, bottom);
    context.lineTo(column * step, bottom);
  }
  context.closePath();
  context.fill();
}

function paintAxis(context: CanvasRenderingContext2D, span: Span, width: number, height: number, palette: Palette): void {
  context.font = `12px ${palette.font}`;
  context.textBaseline = 'alphabetic';
  for (const at of ticks(span, width / PIXELS_PER_TICK)) {
    const x = placeOf(at, span, width);
    context.fillStyle = palette.line;
    context.fillRect(x, 0, 1, height - AXIS + 4);
    context.fillStyle = palette.soft;
    context.textAlign = x < 20 ? 'left' : x > width - 20 ? 'right' : 'center';
    context.fillText(clock(at), Math.min(Math.max(0, x), width), height - 6);
  }
}

function paintNotes(context: CanvasRenderingContext2D, { notes }: Session, span: Span, width: number, height: number, palette: Palette): void {
  context.fillStyle = palette.accent;
  for (const { ms } of notes) {
    const x = placeOf(ms, span, width);
    if (x < -MARK || x > width + MARK) continue;
    context.fillRect(x - 0.75, 0, 1.5, height - AXIS);
    context.beginPath();
    context.arc(Math.min(Math.max(MARK, x), width - MARK), MARK, MARK, 0, 2 * Math.PI);
    context.fill();
  }
}

export function placeOf(ms: number, { from, to }: Span, width: number): number {
  return ((ms - from) / (to - from)) * width;
}
