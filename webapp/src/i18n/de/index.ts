import { about } from './about';
import { files } from './files';
import { views } from './views';

/** Every message of the page; one line a room. */
export const de = {
  ...about,
  ...files,
  ...views,
} as const;
