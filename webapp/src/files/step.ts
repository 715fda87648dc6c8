import type { Scope } from '../ui/scope';

/** What the reading of one file is lent. */
export interface Step {
  /** Owns addresses and elements that the reading needs; ends with it, or when the file is cancelled. */
  readonly scope: Scope;
  /** Aborts when the file is cancelled. */
  readonly signal: AbortSignal;
  /** Says how far it is, 0..1. */
  readonly progress: (share: number) => void;
}
