import { fusion } from './fusion';
import { live } from './live';
import { views } from './views';

/** Every message of the page; one line a room. */
export const en = {
  ...views,
  ...live,
  ...fusion,
} as const;
