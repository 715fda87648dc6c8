/** Picture in, faces out: detect -> crop -> classify -> track. */
import { toAge, toCategorical } from '../contract/readings';
import type { Face, FaceOptions, PictureFace } from '../types';
import { appearanceOf, type Appearance } from './appearance';
import type { FaceClassifier, Probabilities } from './classify';
import { cropFace, eyesDefineCrop, wholePicture, type Point } from './crop';
import type { Detection } from './decode';
import type { FaceDetector } from './detector';
import type { Picture } from './picture';
import { FaceSearch } from './search';
import { FaceTracker } from './tracker';

const DEFAULT_MAX_FACES = 4;

/** Where a label is held, its index by output name. */
type Labels = Readonly<Record<string, number>>;

export class FacePipeline {
  private tracker: FaceTracker;
  private trackedTo = -Infinity;
  private readonly search: FaceSearch;

  constructor(
    readonly detector: FaceDetector,
    private readonly classifiers: readonly FaceClassifier[],
  ) {
    this.search = new FaceSearch((picture) => this.detector.detect(picture));
    this.tracker = this.newTracker();
  }

  /** @param now Seconds; used with `track` only. A time that is not after the last one is another film, where nobody is known yet. */
  async analyse(picture: Picture, { maxFaces = DEFAULT_MAX_FACES, track = false }: FaceOptions, now: number): Promise<Face[]> {
    const boxes = (await this.find(picture, track)).slice(0, maxFaces);
    const crops = boxes.map((box) => this.crops(picture, box));
    const readings = await this.read(crops);
    if (!track) return boxes.map((box, index) => this.face(index, box, readings[index]!));
    const seen = boxes.map((box, index) => ({ box, probabilities: readings[index]!, appearance: this.appearance(crops[index]!) }));
    if (now <= this.trackedTo) this.reset();
    this.trackedTo = now;
    const tracked = this.tracker.update(seen, now);
    return tracked.map(({ id, probabilities, labels }, index) => this.face(id, boxes[index]!, probabilities, labels));
  }

  /** Faces that can be cropped, best first; a closer look is taken where the whole picture shows none. */
  private async find(picture: Picture, film: boolean): Promise<Detection[]> {
    const atOnce = (await this.detector.detect(picture)).filter(hasEyes);
    if (atOnce.length > 0) return atOnce;
    return (await (film ? this.search.inFilm(picture) : this.search.inStill(picture))).filter(hasEyes);
  }

  /** The one face of a tight picture; where none is found the whole picture serves, and `found` is false. */
  async analysePicture(picture: Picture): Promise<PictureFace> {
    const found = await this.detector.findInPicture(picture);
    const usable = found && hasEyes(found) ? found : null;
    const inputs = this.classifiers.map((one) => one.network.spec.input);
    const crops = usable ? this.crops(picture, usable) : inputs.map((input) => wholePicture(picture, input));
    const [probabilities] = await this.read([crops]);
    return { ...this.face(0, usable ?? wholeBox(picture), probabilities!), found: usable !== null };
  }

  /** Forgets the faces of earlier frames. */
  reset(): void {
    this.tracker = this.newTracker();
  }

  private newTracker(): FaceTracker {
    const outputs = this.classifiers.flatMap(({ network }) => Object.entries(network.spec.outputs));
    return new FaceTracker(outputs.filter(([, output]) => output.kind === 'categorical').map(([name]) => name));
  }

  /** From the first classifier's crop; null without classifiers, and then motion alone tells faces apart. */
  private appearance(crops: readonly Uint8Array[]): Appearance | null {
    const input = this.classifiers[0]?.network.spec.input;
    return input && crops[0] ? appearanceOf(crops[0], input.width, input.height) : null;
  }

  /** One crop for each classifier. */
  private crops(picture: Picture, face: Detection): Uint8Array[] {
    const { left, right } = eyesOf(face);
    return this.classifiers.map(({ network }) => cropFace(picture, left, right, network.spec.input)!);
  }

  /** @param crops By face, then by classifier. */
  private async read(crops: readonly Uint8Array[][]): Promise<Probabilities[]> {
    const readings: Probabilities[] = crops.map(() => ({}));
    for (const [index, classifier] of this.classifiers.entries()) {
      const batch = await classifier.classify(crops.map((face) => face[index]!));
      batch.forEach((probabilities, face) => Object.assign(readings[face]!, probabilities));
    }
    return readings;
  }

  private face(id: number, found: Detection, probabilities: Probabilities, labels: Labels = {}): Face {
    const face: Face = {
      id,
      box: { x: found.x0, y: found.y0, width: found.x1 - found.x0, height: found.y1 - found.y0 },
      keypoints: pointsOf(found).map((point, index) => ({ name: this.detector.keypointNames[index] ?? String(index), ...point })),
      score: found.score,
    };
    for (const { network } of this.classifiers) {
      for (const [name, output] of Object.entries(network.spec.outputs)) {
        const values = probabilities[name];
        if (!values) continue;
        if (name === 'age' && output.kind === 'distribution') face.age = toAge(values, output);
        if (name === 'emotion' && output.kind === 'categorical') face.emotion = toCategorical(values, output, labels[name]);
        if (name === 'gender' && output.kind === 'categorical') {
          face.gender = toCategorical(values, output, labels[name]) as NonNullable<Face['gender']>;
        }
      }
    }
    return face;
  }
}

function pointsOf({ points }: Detection): Point[] {
  return Array.from({ length: points.length / 2 }, (_, i) => ({ x: points[i * 2]!, y: points[i * 2 + 1]! }));
}

/** The first two keypoints: the eye at the left of the picture, then the one at the right. */
function eyesOf({ points }: Detection): { left: Point; right: Point } {
  return { left: { x: points[0]!, y: points[1]! }, right: { x: points[2]!, y: points[3]! } };
}

/** A face of less than some pixels gives no crop and is skipped. */
function hasEyes(face: Detection): boolean {
  const { left, right } = eyesOf(face);
  return eyesDefineCrop(left, right);
}

function wholeBox({ width, height }: Picture): Detection {
  return { x0: 0, y0: 0, x1: width, y1: height, points: new Float64Array(0), score: 0 };
}
