/** Numbers that the page and the kernels share; by the first of them the page names what `map` and `reduce` do. */

export const COPY = 0;
export const ADD = 1;
export const SUBTRACT = 2;
export const MULTIPLY = 3;
export const DIVIDE = 4;
export const LARGER = 5;
export const SMALLER = 6;
export const SQUARED_DIFFERENCE = 7;
export const PRELU = 8;
export const ABSOLUTE = 9;
export const NEGATIVE = 10;
export const EXPONENTIAL = 11;
export const LOGARITHM = 12;
export const ROOT = 13;
export const INVERSE_ROOT = 14;
export const SQUARE = 15;
export const CLAMP = 16;
export const ELU = 17;
export const LEAKY_RELU = 18;
export const SIGMOID = 19;
export const TANH = 20;
export const FILL = 21;

export const SUM = 0;
export const LARGEST = 1;
export const SMALLEST = 2;
export const PRODUCT = 3;

/** Tiles of four pixels that the kernel `winograd` works on at a time. A whole number of four. */
export const TILES = 16;

/**
 * Tiles of sixteen pixels that the kernel `winogradLarge` works on at a time. A whole number of four. With more of them the
 * transformed patches leave the nearer caches, through which they are gone once for every eight channels: with 16 four faces took
 * the network of emotions an eighth longer.
 */
export const LARGE_TILES = 4;

/**
 * Numbers between one plane of transformed patches and the next. Without them planes lie a power of two apart, and what stands at
 * one place in all of them competes for the few lines of one set of the cache: that network took a sixth longer for one face.
 */
export const PADDING = 16;

/** Along a side of a crop pixel, by the kernel `crop`: the sum of more would not fit. */
export const MAX_SAMPLES = 22;
