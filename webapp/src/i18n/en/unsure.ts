/** What is said where no emotion is probable enough. */
export const unsure = {
  'unsure.word': 'Unsure',
  'unsure.maybe': 'maybe {label}, {share}',
  'unsure.voice': 'No emotion stands out in the voice.',
} as const;
