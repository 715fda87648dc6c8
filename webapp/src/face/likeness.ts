/** How likely a face of this picture is one that was seen before. */
import { appearanceDistance } from './appearance';
import { SLACK } from './motion';
import { placeOf, type SeenFace, type Track } from './track';

/** A face unseen for longer may have been replaced: it must look alike to be taken for the same. */
const BRIEF_SECONDS = 0.5;
const LOOKS_ALIKE = 0.55;

/**
 * After so long without any picture, which says nothing on whether the face was there, it is known again by its looks
 * alone. A busy device may well take longer for a picture.
 */
const BLIND_SECONDS = 2;

/** Squared distance from the expected place and size, in standard deviations, beyond which it is another face. */
const GATE = 20;

/** Who looks like it beyond doubt may have moved as nobody expected. */
const UNMISTAKABLE = 0.2;
const FAR_GATE = 80;

/** Standard deviation of the logarithm of a face's size from one look to the next. */
const SIZE_SPREAD = 0.2;

/** What looks weigh against places: 0.45 (a stranger's distance less one's own) counts as 4.2 standard deviations. */
const LOOKS_WEIGHT = 20;

/** A face that was just seen is not given up for its looks alone: it may have turned. */
const MAX_LOOKS_COST = 8;

/** The same where it has not been clearly seen since it met another face, and may be that. */
const DOUBTFUL_LOOKS_COST = 16;

/** What the looks of a face count that cannot be compared: it is as far from oneself as from strangers. */
const NO_LOOKS = 0.3;

/** More than any pair within the gate costs. */
export const NO_MATCH = 24;

/**
 * Minus the logarithm of how likely the face is the track's, up to a constant: Gaussian in place and size, and in looks
 * as far as both are known. Infinity where it cannot be.
 * @param clear How clearly the face is seen, 0..1: a crop that shows another's cheek tells little about whose face it is.
 * @param passed Seconds since the picture before.
 */
export function costOf(track: Track, { box, appearance }: SeenFace, clear: number, passed: number): number {
  const { x, y, side } = placeOf(box);
  const spreadX = track.x.spread(track.side);
  const spreadY = track.y.spread(track.side);
  const size = Math.log(side / track.side) / SIZE_SPREAD;
  const distance = ((x - track.x.expected) / spreadX) ** 2 + ((y - track.y.expected) / spreadY) ** 2 + size * size;
  // A face that may be anywhere is a weaker claim on this place than one that must be here.
  const vagueness = Math.log((spreadX * spreadY) / (SLACK * track.side) ** 2);
  const known = track.person.appearance && appearance ? appearanceDistance(track.person.appearance, appearance) : null;
  if (passed > BLIND_SECONDS && known === null) return Infinity;
  const looks = clear * (known ?? NO_LOOKS) + (1 - clear) * NO_LOOKS;
  if (!(distance <= GATE || (looks <= UNMISTAKABLE && distance <= FAR_GATE))) return Infinity;
  const brief = track.lost <= BRIEF_SECONDS && passed <= BLIND_SECONDS;
  if (!brief && looks > LOOKS_ALIKE) return Infinity;
  const most = !brief ? Infinity : track.fresh ? MAX_LOOKS_COST : DOUBTFUL_LOOKS_COST;
  return Math.min(distance, GATE) / 2 + vagueness + Math.min(LOOKS_WEIGHT * looks, most);
}
