/** How much of a reading can be believed, for the look of it and in words. */
import { faceQuality } from '../fusion/quality';
import { t } from '../i18n/i18n';
import type { Categorical, Face } from '../types';
import { UNSURE } from '../ui/format';

export type Certainty = 'unsure' | 'fair' | 'clear';

/** From here on one label is more probable than all others together by a good margin. */
const CLEAR = 0.65;

/** A model that has a threshold of its own marks what lies below it as unsure. */
export function certaintyOf({ label, probabilities, unsure }: Categorical): Certainty {
  const share = probabilities[label] ?? 0;
  return (unsure ?? share < UNSURE) ? 'unsure' : share < CLEAR ? 'fair' : 'clear';
}

/** Below this a part of the quality is worth a word. */
const POOR = 0.5;

/** What hinders the reading most, as a hint to the visitor; null where nothing does. */
export function hindrance(face: Face): string | null {
  const { size, score, frontal } = faceQuality(face);
  const worst = Math.min(size, score, frontal);
  if (worst >= POOR) return null;
  return worst === size ? t('live.small') : worst === frontal ? t('live.aside') : t('live.dim');
}

/**
 * What the probability means: the networks are calibrated (expected calibration error 0.02 on FER2013), so that of readings
 * with probability p about a share p was right on test pictures.
 */
export function meaning(emotion: Categorical): string {
  if (certaintyOf(emotion) === 'unsure') return t('live.unsure');
  const tenths = Math.min(9, Math.round(10 * (emotion.probabilities[emotion.label] ?? 0)));
  return t('live.rightOften', { tenths });
}
