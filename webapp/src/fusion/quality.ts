/** How much a reading is worth, from what is known about the picture and the sound it was made from; all in 0..1. */
import type { Face, Voice } from '../types';

/** A face of less width is a handful of pixels, one of more has all that the networks look at (pixels of the picture). */
const USELESS_WIDTH_PX = 30;
const FULL_WIDTH_PX = 90;

/** The detector's own score: what it lets through at all, and what it gives a face in good light. */
const LEAST_SCORE = 0.4;
const GOOD_SCORE = 0.8;

/** How far the tip of the nose lies beside the middle of the eyes, in distances between the eyes. */
const FRONTAL_NOSE = 0.2;
const SIDEWAYS_NOSE = 0.6;

/** So much of a sentence tells as much as more would (seconds of sound with speech). */
const ENOUGH_SPEECH_SECONDS = 2;

/** A reading counts in full for a moment and then fades, for the person may have changed. */
const FRESH_MS = 1000;
const STALE_MS = 3000;

/** A face that was found counts at least so much. */
const LEAST_FACE = 0.05;

export interface FaceQuality {
  size: number;
  score: number;
  frontal: number;
  /** Their product, the weight of the face. */
  weight: number;
}

export function faceQuality({ box, score, keypoints }: Pick<Face, 'box' | 'score' | 'keypoints'>): FaceQuality {
  const size = ramp(box.width, USELESS_WIDTH_PX, FULL_WIDTH_PX);
  const sure = ramp(score, LEAST_SCORE, GOOD_SCORE);
  const frontal = 1 - ramp(noseOffset(keypoints), FRONTAL_NOSE, SIDEWAYS_NOSE);
  return { size, score: sure, frontal, weight: Math.max(LEAST_FACE, size * sure * frontal) };
}

/** @returns 0 where nobody speaks. */
export function voiceWeight(voice: Pick<Voice, 'speech' | 'emotion' | 'start' | 'end'>): number {
  if (!voice.speech || voice.emotion === null) return 0;
  return ramp(voice.end - voice.start, 0, ENOUGH_SPEECH_SECONDS);
}

/** @param ageMs Milliseconds since the reading. */
export function freshness(ageMs: number): number {
  return 1 - ramp(ageMs, FRESH_MS, STALE_MS);
}

/** Along the line through the eyes, in distances between them; 0 where the keypoints are not known. */
function noseOffset(keypoints: Face['keypoints']): number {
  const [left, right, nose] = ['left_eye', 'right_eye', 'nose'].map((name) => keypoints.find((point) => point.name === name));
  if (!left || !right || !nose) return 0;
  const [x, y] = [right.x - left.x, right.y - left.y];
  const squared = x * x + y * y;
  if (!(squared > 0)) return 0;
  return Math.abs(((nose.x - left.x) * x + (nose.y - left.y) * y) / squared - 0.5);
}

/** 0 up to `from`, 1 from `to` on, straight between. */
function ramp(value: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (value - from) / (to - from)));
}
