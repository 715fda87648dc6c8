/** How clearly a face is seen beside the others of its picture. */
import type { Rectangle } from './decode';

/** A head with its hair is wider than the detector's box, and the crop shows some of what is around it. */
const HEAD = 1.25;

/** From this share of a head on that lies under another one, what its crop looks like says nothing. */
const COVERED = 0.35;

/** The share of the head in `face` that heads in `others` lie over, 0..1: the one that covers most counts. */
export function coverOf(face: Rectangle, others: readonly Rectangle[]): number {
  const own = headOf(face);
  const area = (own.x1 - own.x0) * (own.y1 - own.y0);
  if (!(area > 0)) return 0;
  return others.reduce((most, other) => Math.max(most, sharedArea(own, headOf(other)) / area), 0);
}

/**
 * 1 for a face that stands alone, 0 for one that another covers in good part. Which of two is in front is not known: a
 * face before another counts as little as the one behind it.
 */
export function clearness(face: Rectangle, others: readonly Rectangle[]): number {
  return Math.max(0, 1 - coverOf(face, others) / COVERED);
}

function headOf({ x0, y0, x1, y1 }: Rectangle): Rectangle {
  const [x, y, width, height] = [(x0 + x1) / 2, (y0 + y1) / 2, (HEAD * (x1 - x0)) / 2, (HEAD * (y1 - y0)) / 2];
  return { x0: x - width, y0: y - height, x1: x + width, y1: y + height };
}

function sharedArea(a: Rectangle, b: Rectangle): number {
  const width = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
  const height = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
  return width * height;
}
