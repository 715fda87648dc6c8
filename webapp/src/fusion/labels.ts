/**
 * The emotions that face and voice have in common, named as FER2013 names them. RAVDESS tells neutral from calm; FER2013
 * does not, and of "calm" its authors say that it is neutral with a pleasant tone, so both count as neutral here.
 */
export const COMMON_LABELS = ['angry', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise'] as const;
export type CommonLabel = (typeof COMMON_LABELS)[number];
export type CommonProbabilities = Readonly<Record<CommonLabel, number>>;

/** Other names for the same. */
const ALIASES: Readonly<Record<string, CommonLabel>> = {
  calm: 'neutral',
  fearful: 'fear',
  surprised: 'surprise',
  anger: 'angry',
  disgusted: 'disgust',
  happiness: 'happy',
  joy: 'happy',
  sadness: 'sad',
};

/**
 * Whether labels are about something else than the common emotions: one of them has no counterpart, and not all of the
 * common ones are among them. What is left of "bored, happy" without "bored" says nothing; "contempt" beside all seven
 * can be left out.
 */
export function areForeign(labels: readonly string[]): boolean {
  const counterparts = new Set(labels.map(counterpart));
  return counterparts.has(undefined) && COMMON_LABELS.some((label) => !counterparts.has(label));
}

/**
 * Probabilities over the common labels, summing to 1. Labels that have no counterpart are left out.
 * @returns null where nothing is left, or the labels are foreign.
 */
export function toCommon(probabilities: Readonly<Record<string, number>>): CommonProbabilities | null {
  if (areForeign(Object.keys(probabilities))) return null;
  const sums = Object.fromEntries(COMMON_LABELS.map((label) => [label, 0])) as Record<CommonLabel, number>;
  let total = 0;
  for (const [name, value] of Object.entries(probabilities)) {
    const label = counterpart(name);
    if (label === undefined) continue;
    sums[label] += value;
    total += value;
  }
  if (!(total > 0)) return null;
  for (const label of COMMON_LABELS) sums[label] /= total;
  return sums;
}

function counterpart(name: string): CommonLabel | undefined {
  return COMMON_LABELS.find((common) => common === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined);
}

export function topLabel(probabilities: CommonProbabilities): CommonLabel {
  return COMMON_LABELS.reduce((best, label) => (probabilities[label] > probabilities[best] ? label : best));
}
