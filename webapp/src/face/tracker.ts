/** Who is who from picture to picture: stable ids, smoothed probabilities, labels that do not flicker. */
import { assign } from './assignment';
import type { Probabilities } from './classify';
import { clearness, coverOf } from './cover';
import type { Rectangle } from './decode';
import { costOf, NO_MATCH } from './likeness';
import { exchangeMistaken } from './mistaken';
import { Track, type Place, type SeenFace } from './track';

export type { SeenFace, Track };

/** A face that was lost for so long is gone; whoever comes then is somebody new. */
const FORGET_SECONDS = 2;

/** Nor is anybody known again after so long without any picture at all: a page that slept, a film with a gap. */
const MAX_GAP_SECONDS = 10;

/** A face that should be where another one is seen, by this share of it or more, is behind that. */
const BEHIND = 0.3;

export interface TrackedFace {
  id: number;
  probabilities: Probabilities;
  /** By output, the class to be named: steadier than the most probable one. */
  labels: Record<string, number>;
}

/**
 * Gives faces of successive frames stable ids and smooths what is read from them. All is reckoned in seconds: frames may
 * come rarely and unevenly.
 */
export class FaceTracker {
  private tracks: Track[] = [];
  private nextId = 0;
  private now = -Infinity;

  /** @param outputs Whose most probable class is named. */
  constructor(private readonly outputs: readonly string[] = []) {}

  /**
   * Finds out who is who in the next picture. What is read from the faces is told to the tracks that this returns.
   * @param now Seconds, on any clock that runs forward.
   * @returns For each face, its track.
   */
  follow(faces: readonly SeenFace[], now: number): Track[] {
    const passed = Math.max(0, now - this.now);
    this.now = now;
    for (const track of this.tracks) track.predict(passed);

    const boxes = faces.map(({ box }) => box);
    const clear = boxes.map((box, index) => clearness(box, boxes.filter((_, other) => other !== index)));
    const known = passed <= MAX_GAP_SECONDS ? this.tracks : [];
    const owners = assign(faces.map((face, index) => known.map((track) => costOf(track, face, clear[index]!, passed))), NO_MATCH);

    const unseen = known.filter((_, index) => !owners.includes(index));
    for (const track of unseen) track.miss(passed, behind(track, boxes), now);
    this.tracks = known.filter(({ lost }) => lost <= FORGET_SECONDS);
    const followed = faces.map((face, index) => {
      const track = known[owners[index]!];
      // An unseen face may still show beside the one that covers it.
      const alone = Math.min(clear[index]!, clearness(face.box, unseen.map(({ box }) => box)));
      track?.follow(face, alone, now);
      return track ?? this.begin(face, alone, now);
    });
    exchangeMistaken(followed.filter((track) => track.doubtful(now)));
    return followed;
  }

  /** Where everybody was last seen who is not forgotten. */
  get places(): Place[] {
    return this.tracks.map(({ placed }) => placed);
  }

  private begin(face: SeenFace, clear: number, now: number): Track {
    const track = new Track(this.nextId++, face, clear, now, this.outputs);
    this.tracks.push(track);
    return track;
  }
}

function behind(track: Track, boxes: readonly Rectangle[]): boolean {
  return coverOf(track.box, boxes) > BEHIND;
}

/** What is known of a face after its picture was read. */
export function trackedFace(track: Track, now: number): TrackedFace {
  return { id: track.person.id, probabilities: track.probabilities, labels: track.named(now) };
}
