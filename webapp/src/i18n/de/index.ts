import { everywhere } from './everywhere';
import { labels } from './labels';
import { page } from './page';
import { panels } from './panels';
import { problems } from './problems';
import { gender } from './gender';
import { views } from './views';

/** Every message of the page; one line a room. */
export const de = {
  ...everywhere,
  ...labels,
  ...page,
  ...panels,
  ...problems,
  ...gender,
  ...views,
} as const;
