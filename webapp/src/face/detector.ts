import { MienError } from '../errors';
import type { FrameInput } from '../contract/types';
import type { Network } from '../network';
import { anchorCentres } from './anchors';
import { decodeDetections, moved, type Detection } from './decode';
import { Letterbox, type Placement } from './letterbox';
import type { Picture } from './picture';
import type { FrameWriter } from './picture_kernels';
import { levelTables, standardise } from './standardise';

/** Finds faces in pictures. */
export class FaceDetector {
  readonly keypointNames: readonly string[];
  private readonly letterbox: Letterbox;
  private readonly tables: Float32Array[];
  private readonly values: Float32Array;
  private readonly centres: Float64Array;
  private readonly boxesName: string;
  private readonly scoresName: string;

  /** @param writeFrame What prepares pictures faster than this page's script, with the same result. */
  constructor(
    private readonly network: Network<FrameInput>,
    private readonly writeFrame?: FrameWriter,
  ) {
    const { input, outputs, anchors } = network.spec;
    const boxes = Object.entries(outputs).find(([, output]) => output.kind === 'boxes');
    const scores = Object.entries(outputs).find(([, output]) => output.kind === 'scores');
    if (boxes?.[1].kind !== 'boxes' || !scores || !anchors || input.width !== input.height) {
      throw new MienError(
        'spec-invalid',
        `${network.spec.task}: expected a square frame, anchors, and outputs of kind boxes and scores`,
        'Rebuild the detector with mien-convert.',
      );
    }
    this.boxesName = boxes[0];
    this.scoresName = scores[0];
    this.keypointNames = boxes[1].keypoints;
    this.letterbox = new Letterbox(input.width);
    this.tables = levelTables(input);
    this.values = new Float32Array(input.width * input.height * 3);
    this.centres = anchorCentres(anchors, input.width, input.height);
  }

  /** Faces in the picture's own pixels (continuous coordinates), best first. */
  async detect(picture: Picture): Promise<Detection[]> {
    const { width, height } = this.network.spec.input;
    const { left, top, scale } = this.prepare(picture);
    const outputs = await this.network.run(this.values, [height, width, 3], 1);
    return this.decode(outputs).map((face) => ({
      x0: (face.x0 * width - left) * scale,
      y0: (face.y0 * height - top) * scale,
      x1: (face.x1 * width - left) * scale,
      y1: (face.y1 * height - top) * scale,
      points: face.points.map((value, i) => (i % 2 === 0 ? (value * width - left) * scale : (value * height - top) * scale)),
      score: face.score,
    }));
  }

  /** Writes what the network is fed. */
  private prepare(picture: Picture): Placement {
    const placement = this.letterbox.place(picture);
    if (!this.writeFrame?.(picture, placement, this.letterbox.size, this.tables, this.values)) {
      this.letterbox.run(picture);
      standardise(this.letterbox.square, this.tables, this.values);
    }
    return placement;
  }

  /** Raw outputs to faces on the unit square. */
  decode(outputs: Record<string, Float32Array>): Detection[] {
    return decodeDetections(outputs[this.boxesName]!, outputs[this.scoresName]!, this.centres, this.network.spec.decode!);
  }

  /**
   * The best face of a tight picture of one face, in its pixels, or null. A grey margin of half the picture on every
   * side gives the detector the surroundings that it was trained on.
   */
  async findInPicture(picture: Picture): Promise<Detection | null> {
    const left = Math.floor(picture.width / 2);
    const top = Math.floor(picture.height / 2);
    const faces = await this.detect(onGrey(picture, left, top));
    const best = faces.find((face) => eyeDistance(face) >= MIN_EYE_SHARE * picture.width);
    if (!best) return null;
    return moved(best, -left, -top);
  }
}

/**
 * In a tight picture of one face its eyes are further apart than this share of the width; nearer ones are an ear, a
 * shadow or a pattern taken for a face. As in training/preprocessing/detector.py.
 */
const MIN_EYE_SHARE = 0.15;

const MARGIN_LEVEL = 128;

function eyeDistance({ points }: Detection): number {
  return Math.hypot(points[2]! - points[0]!, points[3]! - points[1]!);
}

function onGrey(picture: Picture, left: number, top: number): Picture {
  const width = picture.width * 2;
  const height = picture.height * 2;
  const data = new Uint8Array(width * height * 4).fill(MARGIN_LEVEL);
  for (let y = 0; y < picture.height; y++) {
    const from = y * picture.width * 4;
    data.set(picture.data.subarray(from, from + picture.width * 4), ((top + y) * width + left) * 4);
  }
  return { width, height, data };
}
