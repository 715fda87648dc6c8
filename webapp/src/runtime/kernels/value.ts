import { bordered } from './map';
import type { Steps } from './steps';
import { NO_BORDER, type Border, type Tensor } from './tensor';

/**
 * What will be computed when somebody asks for it. Until then, what comes next may become part of it: a convolution adds
 * its bias, what else is added, and cuts off below zero while its sums are still in registers.
 */
export interface Deferred {
  readonly shape: readonly number[];
  compute(output: Tensor): void;
  /** With a weight added to each channel. */
  biased?(name: string): Deferred | null;
  /** With another tensor added, whose channels may be fewer. */
  plus?(other: Tensor): Deferred | null;
  clamped?(low: number, high: number): Deferred | null;
  /** Where channels of zeros are put behind those of a tensor: that one. */
  readonly unpadded?: Tensor;
}

/** What a node computes. */
export type Result = Tensor | Deferred;

const isTensor = (result: Result): result is Tensor => 'storage' in result;

/** What a node is given: the result of another one, or a weight. */
export class Value {
  private tensor: Tensor | null = null;

  constructor(
    private readonly steps: Steps,
    private readonly result: Result,
    /** Of a weight. */
    readonly weight: string | null = null,
    /** As wide as whoever reads it needs. */
    private readonly border: Border = NO_BORDER,
    /** Whether one node alone reads it. */
    private readonly sole = false,
  ) {}

  get shape(): readonly number[] {
    return this.result.shape;
  }

  /** Has it computed. */
  read(): Tensor {
    return (this.tensor ??= isTensor(this.result) ? this.result : this.compute(this.result));
  }

  /** Has it computed, with a border of zeros of at least so much. */
  readWith(border: Border): Tensor {
    const tensor = this.read();
    const sides: (keyof Border)[] = ['top', 'left', 'bottom', 'right'];
    const enough = !isTensor(this.result) ? this.border : NO_BORDER;
    return sides.every((side) => border[side] <= enough[side]) ? tensor : bordered(this.steps, tensor, border);
  }

  /** What could still become part of something else, since nobody else waits for it. */
  get pending(): Deferred | null {
    return this.sole && !this.tensor && !isTensor(this.result) ? this.result : null;
  }

  private compute(deferred: Deferred): Tensor {
    const output = this.steps.tensor(deferred.shape, this.border);
    deferred.compute(output);
    return output;
  }
}
