/** Second thoughts on who is who, once people who met have parted and are clearly seen again. */
import { appearanceDistance } from './appearance';
import { assign } from './assignment';
import type { Track } from './track';

/** One look may deceive: a turned head, the last of another face in the crop. */
const MIN_LOOKS = 2;

/** By so much the looks must fit better, in sum over all, before anybody is taken for somebody else. */
const CLEARLY_BETTER = 0.5;

/** More than any two looks differ by, so that everybody is somebody. */
const FAR = 3;

/**
 * Gives each track the person whom its face has looked like since it was in doubt, if that fits clearly better than what
 * motion alone made of it.
 */
export function exchangeMistaken(doubtful: readonly Track[]): void {
  const tracks = doubtful.filter(({ fresh, person }) => fresh && fresh.count >= MIN_LOOKS && person.appearance);
  const people = tracks.map(({ person }) => person);
  const costs = tracks.map(({ fresh }) => people.map(({ appearance }) => appearanceDistance(fresh!.mean, appearance!)));
  const best = assign(costs, FAR);
  const gain = costs.reduce((sum, row, index) => sum + row[index]! - row[best[index]!]!, 0);
  if (!(gain > CLEARLY_BETTER)) return;
  tracks.forEach((track, index) => (track.person = people[best[index]!]!));
}
