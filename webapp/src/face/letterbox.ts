import { AreaResizer, type Picture } from './picture';

/** Where a picture came to lie inside the square: square point (u, v) is ((u - left) * scale, (v - top) * scale) in it. */
export interface Placement {
  scale: number;
  left: number;
  top: number;
  /** Of what it shrank or grew to, in the square's pixels. */
  width: number;
  height: number;
}

/** Fits pictures into a black square, centred, proportions kept. Keeps its tables while pictures keep their size. */
export class Letterbox {
  /** RGB of the latest picture; overwritten by the next. */
  readonly square: Uint8Array;
  private resizer: AreaResizer | null = null;
  private placement: Placement = { scale: 1, left: 0, top: 0, width: 0, height: 0 };

  constructor(readonly size: number) {
    this.square = new Uint8Array(size * size * 3);
  }

  /** Where a picture comes to lie. */
  place(picture: Picture): Placement {
    this.resizerFor(picture);
    return this.placement;
  }

  run(picture: Picture): Placement {
    const resizer = this.resizerFor(picture);
    const { left, top } = this.placement;
    resizer.run(picture, this.square, this.size, top * this.size + left);
    return this.placement;
  }

  private resizerFor({ width, height }: Picture): AreaResizer {
    if (this.resizer?.fromWidth === width && this.resizer.fromHeight === height) return this.resizer;
    const scale = Math.max(width, height) / this.size;
    const inner = (side: number): number => Math.max(1, Math.floor(side / scale + 0.5));
    this.resizer = new AreaResizer(width, height, inner(width), inner(height));
    const beside = (side: number): number => Math.floor((this.size - side) / 2);
    const { width: innerWidth, height: innerHeight } = this.resizer;
    this.placement = { scale, left: beside(innerWidth), top: beside(innerHeight), width: innerWidth, height: innerHeight };
    // The bars of an earlier picture of other proportions may hold its pixels.
    this.square.fill(0);
    return this.resizer;
  }
}
