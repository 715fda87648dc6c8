import type { Detection } from './decode';
import { overlap } from './decode';
import type { Probabilities } from './classify';

/** Two boxes of successive frames that overlap at least so much are one face. */
const MIN_OVERLAP = 0.3;

/** Readings settle with this time constant: fast enough to follow a smile, slow enough not to flicker. */
const SMOOTHING_SECONDS = 0.6;

/** A face that was not seen for so long is gone; whoever comes then is somebody new. */
const FORGET_SECONDS = 1;

interface Track {
  id: number;
  box: Detection;
  probabilities: Probabilities;
  seen: number;
}

/** Gives faces of successive frames stable ids and smooths what is read from them. */
export class FaceTracker {
  private tracks: Track[] = [];
  private nextId = 0;

  /**
   * @param faces Of this frame, with the probabilities read from it.
   * @param now Seconds, on any clock that runs forward.
   * @returns For each face, its id and smoothed probabilities.
   */
  update(faces: readonly { box: Detection; probabilities: Probabilities }[], now: number): { id: number; probabilities: Probabilities }[] {
    this.tracks = this.tracks.filter((track) => now - track.seen <= FORGET_SECONDS);
    const matches = match(this.tracks, faces.map((face) => face.box));
    return faces.map(({ box, probabilities }, index) => {
      const track = matches.get(index);
      if (!track) {
        const fresh = { id: this.nextId++, box, probabilities, seen: now };
        this.tracks.push(fresh);
        return { id: fresh.id, probabilities };
      }
      const share = 1 - Math.exp(-Math.max(0, now - track.seen) / SMOOTHING_SECONDS);
      track.probabilities = blend(track.probabilities, probabilities, share);
      track.box = box;
      track.seen = now;
      return { id: track.id, probabilities: track.probabilities };
    });
  }
}

/** Pairs of face index and track, the best overlaps first, each taken once. */
function match(tracks: readonly Track[], boxes: readonly Detection[]): Map<number, Track> {
  const pairs = boxes
    .flatMap((box, index) => tracks.map((track) => ({ index, track, score: overlap(track.box, box) })))
    .filter((pair) => pair.score >= MIN_OVERLAP)
    .sort((a, b) => b.score - a.score);
  const taken = new Set<Track>();
  const matches = new Map<number, Track>();
  for (const { index, track } of pairs) {
    if (matches.has(index) || taken.has(track)) continue;
    matches.set(index, track);
    taken.add(track);
  }
  return matches;
}

function blend(old: Probabilities, fresh: Probabilities, share: number): Probabilities {
  return Object.fromEntries(
    Object.entries(fresh).map(([name, values]) => {
      const before = old[name];
      return [name, before ? values.map((value, i) => before[i]! + share * (value - before[i]!)) : values];
    }),
  );
}
