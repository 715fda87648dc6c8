import { everywhere } from './everywhere';
import { labels } from './labels';
import { page } from './page';
import { panels } from './panels';
import { problems } from './problems';
import { views } from './views';

/** Every message of the page; one line a room. */
export const de = {
  ...everywhere,
  ...labels,
  ...page,
  ...panels,
  ...problems,
  ...views,
} as const;
