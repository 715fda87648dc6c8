/**
 * How much a session may hold. At 4 samples a second a million samples are 69 hours of one subject, or 11 hours of six;
 * a sample of eight labels takes 29 bytes, so all of them take 29 MB of memory.
 */

/** A subject is sampled at most once in each such span, counted from the session's zero: 4 Hz. */
export const SAMPLE_MS = 250;

/** Of all subjects together. Recording stops there, with a message. */
export const MAX_SAMPLES = 1_000_000;

/** A person who was lost and found again is a new subject, so there may be many more subjects than people. */
export const MAX_SUBJECTS = 64;

/** Of one subject; the networks that ship have 7 and 8. */
export const MAX_LABELS = 32;

export const MAX_NOTES = 2000;
export const MAX_NOTE_LENGTH = 500;
export const MAX_NAME_LENGTH = 60;
export const MAX_CORRECTIONS = 5000;

/** Times are kept as 32-bit whole milliseconds: 24 days keep clear of the sign. */
export const MAX_MS = 24 * 86_400_000;

/** A full session is about 110 MB of JSON; what is larger was not made by Mien. */
export const MAX_FILE_BYTES = 160e6;

/**
 * A sample stands until the next one if that comes within this time, and for `SAMPLE_MS` otherwise: a pause is not a
 * long reading. It is three turns of the voice, the slowest of the readings.
 */
export const HOLD_MS = 1500;
