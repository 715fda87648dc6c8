/** Times the stages of a reading, one after another, as the pipelines run them. */
import type { FaceCropInput, FrameInput, LogMelInput } from '../contract/types';
import { FaceClassifier } from '../face/classify';
import { cropFace, type Point } from '../face/crop';
import { FaceDetector } from '../face/detector';
import type { Picture } from '../face/picture';
import type { PictureKernels } from '../face/picture_kernels';
import type { Network } from '../network';
import { LogMel, standardiseLogMel } from '../speech/log_mel';
import { windowLength } from '../speech/windows';
import type { BenchmarkStage, BenchmarkStageName } from '../types';
import { inputShape, networksOfKind, networksOfSound } from './inputs';
import { quantiles } from './timing';

/** A common camera frame, and eyes as far apart in it as those of somebody at arm's length. */
const WIDTH = 640;
const HEIGHT = 480;
const EYES: { left: Point; right: Point } = { left: { x: 290, y: 220 }, right: { x: 350, y: 220 } };

type Times = Partial<Record<BenchmarkStageName, number[]>>;

/** @param runs Timed runs of each stage; one more comes first and is not counted. */
export async function timeStages(networks: readonly Network[], runs: number, kernels?: PictureKernels): Promise<BenchmarkStage[]> {
  const times: Times = {};
  const [detector] = networksOfKind(networks, 'frame');
  const { speech } = networksOfSound(networks);
  if (detector) await timeFrames(detector, networksOfKind(networks, 'face-crop'), runs, times, kernels);
  if (speech) await timeWindows(speech, runs, times);
  return Object.entries(times).map(([stage, list]) => ({ stage: stage as BenchmarkStageName, ...quantiles(list) }));
}

async function timeFrames(
  frameNetwork: Network<FrameInput>,
  faceNetworks: readonly Network<FaceCropInput>[],
  runs: number,
  times: Times,
  kernels?: PictureKernels,
): Promise<void> {
  const noisy = noisePicture();
  const detector = new FaceDetector(frameNetwork, kernels?.writeFrame);
  const classifiers = faceNetworks.map((network) => new FaceClassifier(network));
  for (let run = -1; run < runs; run++) {
    const picture = { ...noisy }; // another one each time, as a camera's are
    const start = performance.now();
    await detector.detect(picture);
    const detected = performance.now();
    const crops = faceNetworks.map(({ spec }) => cropFace(picture, EYES.left, EYES.right, spec.input, kernels?.sampleCrop)!);
    const cropped = performance.now();
    for (const [index, classifier] of classifiers.entries()) await classifier.classify([crops[index]!]);
    const end = performance.now();
    if (run >= 0) note(times, { detect: detected - start, crop: cropped - detected, face: end - cropped, frame: end - start });
  }
}

async function timeWindows(network: Network<LogMelInput>, runs: number, times: Times): Promise<void> {
  const { input } = network.spec;
  const samples = noise(windowLength(input)).map((value) => value - 0.5);
  const logMel = new LogMel(input);
  const shape = inputShape(input);
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  for (let run = -1; run < runs; run++) {
    const start = performance.now();
    standardiseLogMel(logMel.run(samples), input, values);
    const transformed = performance.now();
    await network.run(values, shape, 1);
    const end = performance.now();
    if (run >= 0) note(times, { 'log-mel': transformed - start, voice: end - transformed, window: end - start });
  }
}

function note(times: Times, measured: Partial<Record<BenchmarkStageName, number>>): void {
  for (const [stage, ms] of Object.entries(measured)) (times[stage as BenchmarkStageName] ??= []).push(ms);
}

function noisePicture(): Picture {
  return { width: WIDTH, height: HEIGHT, data: Uint8ClampedArray.from(noise(WIDTH * HEIGHT * 4), (value) => value * 255) };
}

/** Numbers in 0..1, alike on every machine: a linear congruential generator (Numerical Recipes). */
function noise(length: number): Float32Array {
  let state = 7;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
}
