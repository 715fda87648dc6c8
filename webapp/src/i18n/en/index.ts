import { everywhere } from './everywhere';
import { labels } from './labels';
import { page } from './page';
import { panels } from './panels';
import { problems } from './problems';
import { gender } from './gender';
import { correction } from './correction';
import { recovery } from './recovery';
import { session } from './session';
import { fusion } from './fusion';
import { live } from './live';
import { about } from './about';
import { files } from './files';
import { unsure } from './unsure';
import { views } from './views';

/** Every message of the page; one line a room. */
export const en = {
  ...everywhere,
  ...labels,
  ...page,
  ...panels,
  ...problems,
  ...gender,
  ...correction,
  ...session,
  ...about,
  ...files,
  ...unsure,
  ...views,
  ...live,
  ...fusion,
  ...recovery,
} as const;
