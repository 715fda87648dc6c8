/**
 * Who may come into a film. In one picture of five that shows nobody the detector takes a wheel, a flower or a blot for a
 * face. Two closer looks, one of them in a mirror, seldom agree on that, while a face is a face in a mirror, too; and a
 * film shows it again in a moment. So whoever is not plainly seen comes in once two such looks believe it together.
 * Whoever is known stays, however they turn. How often that errs either way: benchmarks/false_faces.py.
 */
import type { Detection } from './decode';
import type { Picture } from './picture';
import { SECOND_LOOK, type FaceSearch } from './search';
import { placeOf, type Place } from './track';

/** From this score up a face is plainly seen: the whole of a picture without one seldom scores as much. */
const PLAIN = 0.8;

/** The score, a mean in logits, from which two closer looks are believed. */
const BELIEVED = 0.66;

/** The second of them, in widths of the face: the first is that of the search. */
const MIRRORED_LOOK = 1.6;

/** What a look scores that sees nothing there. */
const UNSEEN = 0.3;

/** So many newcomers of one look are looked at again, so that a crowd takes no picture much longer. */
const MAX_DOUBTS = 4;

/** Somebody known is expected within so many widths of their face of where they were. */
const NEAR = 1;

/**
 * @param faces Best first.
 * @param known Where those are who were let in before.
 * @returns Those who are known, plainly seen or believed, best first.
 */
export async function admitted(search: FaceSearch, picture: Picture, faces: readonly Detection[], known: readonly Place[]): Promise<Detection[]> {
  const welcome: Detection[] = [];
  let doubts = 0;
  for (const face of faces) {
    if (face.score >= PLAIN || isKnown(face, known)) welcome.push(face);
    else if (doubts++ < MAX_DOUBTS && (await isBelieved(search, picture, face))) welcome.push(face);
  }
  return welcome;
}

async function isBelieved(search: FaceSearch, picture: Picture, face: Detection): Promise<boolean> {
  const straight = await search.closer(picture, face, SECOND_LOOK, false);
  if (straight === 0) return false;
  const mirrored = await search.closer(picture, face, MIRRORED_LOOK, true);
  return logit(straight) + logit(Math.max(UNSEEN, mirrored)) >= 2 * logit(BELIEVED);
}

function isKnown(face: Detection, known: readonly Place[]): boolean {
  const { x, y } = placeOf(face);
  return known.some((one) => Math.max(Math.abs(x - one.x), Math.abs(y - one.y)) <= NEAR * one.side);
}

function logit(score: number): number {
  return Math.log(score / (1 - score));
}
