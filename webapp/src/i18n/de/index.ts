import { correction } from './correction';
import { session } from './session';
import { views } from './views';

/** Every message of the page; one line a room. */
export const de = {
  ...correction,
  ...session,
  ...views,
} as const;
