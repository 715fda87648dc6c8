/** The newest face and the newest voice, fused whenever somebody asks. */
import { SteadyLabel } from '../face/steady_label';
import type { LiveReadings } from '../live/readings';
import type { Categorical, Face, Voice } from '../types';
import type { Scope } from '../ui/scope';
import { fuse, type Fused, type Source } from './fuse';
import { areForeign, COMMON_LABELS, toCommon } from './labels';
import { FACE_PRIOR, VOICE_PRIOR } from './priors';
import { faceQuality, freshness, voiceWeight } from './quality';

/** Another face must be so much wider to be taken for the person who speaks. */
const WIDER = 1.3;

export interface FusedReading extends Fused {
  /** How many faces there were to choose from. */
  faces: number;
}

/** Of which source the labels have no place among the common ones. */
export interface Foreign {
  face: boolean;
  voice: boolean;
}

export class LiveFusion {
  #face: { face: Face; time: number } | null = null;
  #faces = 0;
  #voice: { voice: Voice; time: number } | null = null;
  #label = new SteadyLabel();

  constructor(scope: Scope, readings: LiveReadings) {
    readings.onFaces(scope, ({ faces, time }) => { this.#seen(faces, time); });
    readings.onVoice(scope, ({ voice, time }) => { this.#voice = { voice, time }; });
    readings.onEnd(scope, (source) => {
      if (source === 'voice') this.#voice = null;
      else this.#face = null;
    });
  }

  /**
   * The reading of this moment, its label steadied.
   * @param now Milliseconds since 1970, as the readings' times.
   * @returns null where neither face nor voice was read of late.
   */
  current(now: number): FusedReading | null {
    const fused = fuse(this.#faceSource(now), this.#voiceSource(now));
    if (!fused) {
      this.#label = new SteadyLabel();
      return null;
    }
    const top = this.#label.update(COMMON_LABELS.map((label) => fused.probabilities[label]), now / 1000);
    return { ...fused, label: COMMON_LABELS[top]!, faces: this.#faces };
  }

  /** Which of the newest readings, as far as they count at all, have labels with no place among the common ones. */
  foreign(now: number): Foreign {
    const seen = this.#face && freshness(now - this.#face.time) > 0 ? this.#face.face.emotion : undefined;
    const heard = this.#voice && freshness(now - this.#voice.time) > 0 ? this.#voice.voice.emotion : null;
    return { face: isForeign(seen), voice: isForeign(heard) };
  }

  /** Nobody knows who of several speaks: it is the widest face, the one nearest to the device, until another is clearly wider. */
  #seen(faces: readonly Face[], time: number): void {
    this.#faces = faces.length;
    if (faces.length === 0) return; // the last one fades by its age
    const widest = faces.reduce((best, face) => (face.box.width > best.box.width ? face : best));
    const same = faces.find((face) => face.id === this.#face?.face.id);
    const face = same && widest.box.width < WIDER * same.box.width ? same : widest;
    this.#face = { face, time };
  }

  #faceSource(now: number): Source | null {
    if (!this.#face?.face.emotion) return null;
    const { face, time } = this.#face;
    const probabilities = toCommon(face.emotion!.probabilities);
    return probabilities && { probabilities, prior: FACE_PRIOR, weight: faceQuality(face).weight * freshness(now - time) };
  }

  #voiceSource(now: number): Source | null {
    if (!this.#voice?.voice.emotion) return null;
    const { voice, time } = this.#voice;
    const probabilities = toCommon(voice.emotion!.probabilities);
    return probabilities && { probabilities, prior: VOICE_PRIOR, weight: voiceWeight(voice) * freshness(now - time) };
  }
}

function isForeign(emotion: Categorical | null | undefined): boolean {
  return emotion !== null && emotion !== undefined && areForeign(Object.keys(emotion.probabilities));
}
