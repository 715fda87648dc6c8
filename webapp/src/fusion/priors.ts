/** How common each emotion was where the networks learned: what their probabilities take for granted. */
import { toCommon, type CommonProbabilities } from './labels';

/** Pictures by class in FER2013's Training split (I. Goodfellow et al., "Challenges in Representation Learning", 2013). */
const FER2013_TRAINING = { angry: 3995, disgust: 436, fear: 4097, happy: 7215, neutral: 4965, sad: 4830, surprise: 3171 };

/** Spoken clips by class in RAVDESS (S. Livingstone and F. Russo, PLoS ONE 13(5), 2018): 24 actors, 8 of each but 4 neutral. */
const RAVDESS_SPEECH = { neutral: 96, calm: 192, happy: 192, sad: 192, angry: 192, fearful: 192, disgust: 192, surprised: 192 };

export const FACE_PRIOR: CommonProbabilities = toCommon(FER2013_TRAINING)!;
export const VOICE_PRIOR: CommonProbabilities = toCommon(RAVDESS_SPEECH)!;
