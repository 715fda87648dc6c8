/** The stretch of a session that a timeline shows. Times are milliseconds since the session's zero. */

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Closer than this there is nothing more to see: a sample is a quarter of a second. */
const SHORTEST_MS = 2000;

/** A session that has just begun is drawn as if it were so long, so that its picture does not race. */
const EMPTY_MS = 10_000;

/** The whole of a session of this length. */
export function whole(length: number): Span {
  return { from: 0, to: Math.max(EMPTY_MS, length) };
}

/** `span` made longer (factor above 1) or shorter around `at`, which keeps its place; never beyond the whole. */
export function zoomed(span: Span, factor: number, at: number, length: number): Span {
  const all = whole(length);
  const width = Math.min(all.to, Math.max(SHORTEST_MS, (span.to - span.from) * factor));
  const share = (at - span.from) / (span.to - span.from);
  return inside(at - share * width, width, all);
}

/** `span` moved so that it begins at `from`, or as near to it as the whole allows. */
export function movedTo(span: Span, from: number, length: number): Span {
  return inside(from, span.to - span.from, whole(length));
}

/** `span` moved as little as needed to hold `at`. */
export function holding(span: Span, at: number, length: number): Span {
  if (at < span.from) return movedTo(span, at, length);
  if (at > span.to) return movedTo(span, at - (span.to - span.from), length);
  return span;
}

function inside(from: number, width: number, all: Span): Span {
  const start = Math.min(Math.max(0, from), all.to - width);
  return { from: start, to: start + width };
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [1, 2, 5, 10, 15, 30].flatMap((n) => [n * SECOND, n * MINUTE]).concat([1, 2, 3, 6, 12, 24].map((n) => n * HOUR)).sort((a, b) => a - b);

/** Round times within the span, at most `most` of them (but for spans of many days). */
export function ticks({ from, to }: Span, most: number): number[] {
  const step = STEPS.find((candidate) => (to - from) / candidate <= most) ?? STEPS.at(-1)!;
  const result: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) result.push(at);
  return result;
}
