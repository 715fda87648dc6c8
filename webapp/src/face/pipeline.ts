/** Picture in, faces out: detect or follow -> track -> crop -> classify. */
import { toAge, toCategorical } from '../contract/readings';
import type { Face, FaceOptions, PictureFace } from '../types';
import { appearanceOf } from './appearance';
import type { FaceClassifier, Probabilities } from './classify';
import { cropFace, eyesDefineCrop, wholePicture, type CropSampler, type Point } from './crop';
import type { Detection } from './decode';
import type { FaceDetector } from './detector';
import { FaceFollower } from './follower';
import { isDue } from './kept_reading';
import { admitted } from './newcomers';
import type { Picture } from './picture';
import { FaceSearch } from './search';
import { FaceTracker, trackedFace, type SeenFace, type Track } from './tracker';

const DEFAULT_MAX_FACES = 4;

/** Where a label is held, its index by output name. */
type Labels = Readonly<Record<string, number>>;

/** A face's crop for one of the classifiers, by its index; made when it is first asked for. */
type Crops = (classifier: number) => Uint8Array;

export class FacePipeline {
  private tracker: FaceTracker;
  private follower = new FaceFollower();
  private trackedTo = -Infinity;
  private readonly search: FaceSearch;

  constructor(
    readonly detector: FaceDetector,
    private readonly classifiers: readonly FaceClassifier[],
    private readonly sampler?: CropSampler,
  ) {
    this.search = new FaceSearch((picture) => this.detector.detect(picture));
    this.tracker = this.newTracker();
  }

  /** @param now Seconds; used with `track` only. A time that is not after the last one is another film, where nobody is known yet. */
  async analyse(picture: Picture, { maxFaces = DEFAULT_MAX_FACES, track = false }: FaceOptions, now: number): Promise<Face[]> {
    if (track) return this.analyseNext(picture, maxFaces, now);
    const boxes = (await this.findInStill(picture)).slice(0, maxFaces);
    const readings = await this.read(boxes.map((box) => this.crops(picture, box)));
    return boxes.map((box, index) => this.face(index, box, readings[index]!));
  }

  /** The next picture of a film, of which only that is read which is not known. */
  private async analyseNext(picture: Picture, maxFaces: number, now: number): Promise<Face[]> {
    if (now <= this.trackedTo) this.reset();
    this.trackedTo = now;
    const boxes = (await this.followOrFind(picture, now)).slice(0, maxFaces);
    const crops = boxes.map((box) => this.crops(picture, box));
    const tracks = this.tracker.follow(boxes.map((box, index): SeenFace => ({ box, appearance: this.appearance(crops[index]!) })), now);
    const readings = await this.read(crops, (index, classifier) => isAsked(classifier, tracks[index]!));
    return tracks.map((track, index) => {
      track.read(readings[index]!);
      const { id, probabilities, labels } = trackedFace(track, now);
      return this.face(id, boxes[index]!, probabilities, labels);
    });
  }

  private async followOrFind(picture: Picture, now: number): Promise<Detection[]> {
    const followed = this.follower.follow(picture, now);
    if (followed) return followed;
    const found = await this.findInFilm(picture);
    this.follower.remember(picture, found, now);
    return found;
  }

  /** Faces that can be cropped, best first; a closer look is taken where the whole picture shows none. */
  private async findInStill(picture: Picture): Promise<Detection[]> {
    const atOnce = (await this.detector.detect(picture)).filter(hasEyes);
    if (atOnce.length > 0) return atOnce;
    return (await this.search.inStill(picture)).filter(hasEyes);
  }

  /** The same in a film, where newcomers must be sure: its next pictures will show again what is not. */
  private async findInFilm(picture: Picture): Promise<Detection[]> {
    const known = this.tracker.places;
    const admit = (faces: Detection[]): Promise<Detection[]> => admitted(this.search, picture, faces.filter(hasEyes), known);
    const atOnce = await admit(await this.detector.detect(picture));
    return atOnce.length > 0 ? atOnce : this.search.inFilm(picture, admit);
  }

  /** The one face of a tight picture; where none is found the whole picture serves, and `found` is false. */
  async analysePicture(picture: Picture): Promise<PictureFace> {
    const found = await this.detector.findInPicture(picture);
    const usable = found && hasEyes(found) ? found : null;
    const crops = usable ? this.crops(picture, usable) : (index: number) => wholePicture(picture, this.classifiers[index]!.network.spec.input);
    const [probabilities] = await this.read([crops]);
    return { ...this.face(0, usable ?? wholeBox(picture), probabilities!), found: usable !== null };
  }

  /** Forgets the faces of earlier frames. */
  reset(): void {
    this.tracker = this.newTracker();
    this.follower = new FaceFollower();
  }

  private newTracker(): FaceTracker {
    const outputs = this.classifiers.flatMap(({ network }) => Object.entries(network.spec.outputs));
    return new FaceTracker(outputs.filter(([, output]) => output.kind === 'categorical').map(([name]) => name));
  }

  /** From the first classifier's crop; null without classifiers, and then motion alone tells faces apart. */
  private appearance(crops: Crops): ReturnType<typeof appearanceOf> {
    const input = this.classifiers[0]?.network.spec.input;
    return input ? appearanceOf(crops(0), input.width, input.height) : null;
  }

  private crops(picture: Picture, face: Detection): Crops {
    const { left, right } = eyesOf(face);
    const made = new Map<number, Uint8Array>();
    return (index) => {
      const crop = made.get(index) ?? cropFace(picture, left, right, this.classifiers[index]!.network.spec.input, this.sampler)!;
      made.set(index, crop);
      return crop;
    };
  }

  /** @param asked Which faces are to be read by which classifier. */
  private async read(crops: readonly Crops[], asked: (face: number, classifier: FaceClassifier) => boolean = () => true): Promise<Probabilities[]> {
    const readings: Probabilities[] = crops.map(() => ({}));
    for (const [index, classifier] of this.classifiers.entries()) {
      const faces = [...crops.keys()].filter((face) => asked(face, classifier));
      const batch = await classifier.classify(faces.map((face) => crops[face]!(index)));
      batch.forEach((probabilities, at) => Object.assign(readings[faces[at]!]!, probabilities));
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

function isAsked({ network }: FaceClassifier, { readings, placed }: Track): boolean {
  return Object.entries(network.spec.outputs).some(([name, output]) => isDue(name, output, readings[name], placed));
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
