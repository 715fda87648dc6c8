/**
 * Two readings of one person made into one, by a weighted logarithmic opinion pool.
 *
 * If face and voice depended on each other through the emotion alone, Bayes' rule would give
 *   p(e | face, voice) ~ prior(e) * [p(e | face) / prior_face(e)] * [p(e | voice) / prior_voice(e)].
 * Here each bracket has an exponent that says how much the source is worth just now, from its weight w in 0..1:
 *   a_i = w_i * (1 + min(w_face, w_voice)) / (w_face + w_voice).
 * One source alone has the exponent 1 and is passed on as it is; two good ones count fully, so that agreement makes the
 * result surer than either; two poor ones are averaged (their exponents sum to hardly more than 1). The prior is the mean of both sources'
 * own, in logarithms and with the same exponents, so that neither data set's habits decide.
 *
 * References: C. Genest and J. Zidek, "Combining probability distributions", Statistical Science 1(1), 1986 (logarithmic
 * pools); G. Hinton, "Training products of experts", Neural Computation 14(8), 2002; J. Kittler et al., "On combining classifiers",
 * IEEE PAMI 20(3), 1998 (product rule with priors). The independence is an assumption: where both networks err for the same reason
 * the result is too sure.
 */
import { COMMON_LABELS, topLabel, type CommonLabel, type CommonProbabilities } from './labels';

/** A source may be wrong altogether: this share of each is spread as its prior, so that none can veto an emotion. */
const DOUBT = 0.02;

export interface Source {
  /** Calibrated. */
  probabilities: CommonProbabilities;
  /** What the training data of the source made of the emotions before it saw anything. */
  prior: CommonProbabilities;
  /** 0: of no use, 1: as good as it gets. */
  weight: number;
}

export interface Fused {
  label: CommonLabel;
  probabilities: CommonProbabilities;
  /** How much each counts, summing to 1. */
  shares: { face: number; voice: number };
}

/** @returns null where neither source is of any use. */
export function fuse(face: Source | null, voice: Source | null): Fused | null {
  const faceWeight = usable(face);
  const voiceWeight = usable(voice);
  if (faceWeight === 0 && voiceWeight === 0) return null;
  const shares = { face: faceWeight / (faceWeight + voiceWeight), voice: voiceWeight / (faceWeight + voiceWeight) };
  if (!face || voiceWeight === 0) return alone((face ?? voice)!, shares);
  if (!voice || faceWeight === 0) return alone(voice ?? face, shares);
  const total = 1 + Math.min(faceWeight, voiceWeight);
  const logs = COMMON_LABELS.map((label) => {
    const prior = shares.face * Math.log(face.prior[label]) + shares.voice * Math.log(voice.prior[label]);
    return prior + total * (shares.face * evidence(face, label) + shares.voice * evidence(voice, label));
  });
  const peak = Math.max(...logs);
  const masses = logs.map((value) => Math.exp(value - peak));
  const sum = masses.reduce((a, b) => a + b, 0);
  const probabilities = Object.fromEntries(COMMON_LABELS.map((label, i) => [label, masses[i]! / sum])) as Record<CommonLabel, number>;
  return { label: topLabel(probabilities), probabilities, shares };
}

function usable(source: Source | null): number {
  return source ? Math.min(1, Math.max(0, source.weight)) : 0;
}

function alone({ probabilities }: Source, shares: Fused['shares']): Fused {
  return { label: topLabel(probabilities), probabilities, shares };
}

/** Logarithm of how much more probable the source makes the label than it was before. */
function evidence({ probabilities, prior }: Source, label: CommonLabel): number {
  return Math.log(((1 - DOUBT) * probabilities[label] + DOUBT * prior[label]) / prior[label]);
}
