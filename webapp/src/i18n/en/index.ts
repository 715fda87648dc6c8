import { unsure } from './unsure';
import { views } from './views';

/** Every message of the page; one line a room. */
export const en = {
  ...unsure,
  ...views,
} as const;
