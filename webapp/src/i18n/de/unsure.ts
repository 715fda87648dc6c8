/** What is said where no emotion is probable enough. */
export const unsure = {
  'unsure.word': 'Unsicher',
  'unsure.maybe': 'vielleicht {label}, {share}',
  'unsure.voice': 'Keine Emotion ragt in der Stimme heraus.',
} as const;
