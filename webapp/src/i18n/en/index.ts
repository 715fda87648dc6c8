import { gender } from './gender';
import { views } from './views';

/** Every message of the page; one line a room. */
export const en = {
  ...gender,
  ...views,
} as const;
