/**
 * Where an emotion lies between unpleasant and pleasant (valence) and between drowsy and excited (arousal), each -1..1.
 * The coordinates are the mean ratings of pleasure and arousal in J. Russell and A. Mehrabian, "Evidence for a three-factor
 * theory of emotions", Journal of Research in Personality 11(3), 1977, table 1, for the terms angry, disgusted,
 * fearful, happy, sad and surprised. A state without emotion was not rated; it is the origin by definition.
 */
import { COMMON_LABELS, type CommonLabel, type CommonProbabilities } from './labels';

export interface Affect {
  valence: number;
  arousal: number;
}

export const AFFECT: Readonly<Record<CommonLabel, Affect>> = {
  angry: { valence: -0.51, arousal: 0.59 },
  disgust: { valence: -0.6, arousal: 0.35 },
  fear: { valence: -0.64, arousal: 0.6 },
  happy: { valence: 0.81, arousal: 0.51 },
  neutral: { valence: 0, arousal: 0 },
  sad: { valence: -0.63, arousal: -0.27 },
  surprise: { valence: 0.4, arousal: 0.67 },
};

/** The mean place under the probabilities. It says where the reading lies, not how sure it is: a mixture lies between. */
export function affectOf(probabilities: CommonProbabilities): Affect {
  let [valence, arousal] = [0, 0];
  for (const label of COMMON_LABELS) {
    valence += probabilities[label] * AFFECT[label].valence;
    arousal += probabilities[label] * AFFECT[label].arousal;
  }
  return { valence, arousal };
}

/** Within this distance from an axis neither side is named. */
const NAMED_FROM = 0.15;

/** In words: which side of each axis, or neither. */
export function affectWords({ valence, arousal }: Affect): { valence: 'pleasant' | 'unpleasant' | 'even'; arousal: 'lively' | 'quiet' | 'even' } {
  return {
    valence: Math.abs(valence) < NAMED_FROM ? 'even' : valence > 0 ? 'pleasant' : 'unpleasant',
    arousal: Math.abs(arousal) < NAMED_FROM ? 'even' : arousal > 0 ? 'lively' : 'quiet',
  };
}
