import type { GoldenCase, GoldenFace } from '../contract/golden';
import { indexOfLargest, probabilitiesOf } from '../contract/readings';
import type { FrameInput } from '../contract/types';
import type { Detection } from '../face/decode';
import { FaceDetector } from '../face/detector';
import type { Network } from '../network';
import { hasSpeech } from '../speech/voice_activity';
import type { SelfTestModel } from '../types';
import { inputShape, networkInput, windowLogMel } from './inputs';

/** Probabilities may differ from Keras's by so much: exact arithmetic is the same, its order is not. */
const TOLERANCE_WASM = 1e-3;
/** Graphics processors round more coarsely. */
const TOLERANCE_GPU = 5e-3;
/** Decoded coordinates, in pixels of the detector's frame. */
const TOLERANCE_PIXELS = 0.1;

export function probabilityTolerance(backend: string): number {
  return backend === 'wasm' ? TOLERANCE_WASM : TOLERANCE_GPU;
}

/** Runs a model's golden vectors and says how far it is from what Python computed. */
export async function testModel(network: Network, cases: readonly GoldenCase[], tolerance: number): Promise<SelfTestModel> {
  const report: SelfTestModel = {
    task: network.spec.task,
    cases: cases.length,
    maxLogitDifference: 0,
    maxProbabilityDifference: 0,
    sameTop: true,
    passed: true,
  };
  for (const golden of cases) {
    const outputs = await network.run(networkInput(network.spec.input, golden.input), inputShape(network.spec.input), 1);
    compareOutputs(network, golden, outputs, report);
    if (golden.faces) compareFaces(network as Network<FrameInput>, golden.faces, outputs, report);
    if (golden.speech !== null && !sameSpeech(network, golden)) report.passed = false;
  }
  report.passed &&= cases.length > 0 && report.sameTop && report.maxProbabilityDifference <= tolerance;
  return report;
}

function compareOutputs(network: Network, golden: GoldenCase, outputs: Record<string, Float32Array>, report: SelfTestModel): void {
  for (const [name, output] of Object.entries(network.spec.outputs)) {
    const logits = outputs[name]!;
    const expected = golden.outputs[name];
    if (expected) report.maxLogitDifference = Math.max(report.maxLogitDifference, largestDifference(logits, expected));
    const probabilities = probabilitiesOf(output, logits);
    const wanted = golden.probabilities[name];
    if (probabilities && !wanted) report.passed = false;
    if (!probabilities || !wanted) continue;
    report.maxProbabilityDifference = Math.max(report.maxProbabilityDifference, largestDifference(probabilities, wanted));
    report.sameTop &&= indexOfLargest(probabilities) === indexOfLargest(wanted);
  }
}

function compareFaces(
  network: Network<FrameInput>,
  expected: readonly GoldenFace[],
  outputs: Record<string, Float32Array>,
  report: SelfTestModel,
): void {
  const found = new FaceDetector(network).decode(outputs);
  report.sameTop &&= found.length === expected.length;
  found.slice(0, expected.length).forEach((face, index) => {
    const golden = expected[index]!;
    report.maxProbabilityDifference = Math.max(report.maxProbabilityDifference, Math.abs(face.score - golden.score));
    const pixels = largestDifference(coordinates(face, network.spec.input), [...golden.box, ...golden.keypoints.flat()]);
    report.passed &&= pixels <= TOLERANCE_PIXELS;
  });
}

function coordinates({ x0, y0, x1, y1, points }: Detection, { width, height }: FrameInput): number[] {
  return [x0, y0, x1, y1, ...points].map((value, index) => value * (index % 2 === 0 ? width : height));
}

function sameSpeech({ spec }: Network, { input, speech }: GoldenCase): boolean {
  if (spec.input.kind !== 'log-mel' || input.kind !== 'samples') return false;
  return hasSpeech(windowLogMel(spec.input, input.samples), spec.input) === speech;
}

/** Infinite where the lengths differ or a value is no number. */
function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    largest = Number.isNaN(difference) ? Infinity : Math.max(largest, difference);
  }
  return largest;
}

/** In words; null for a model that passed. */
export function whyNotPassed({ task, passed, sameTop, maxProbabilityDifference }: SelfTestModel): string | null {
  if (passed) return null;
  const names = sameTop ? '' : ' and names another class';
  return `${task} differs from Python's golden vectors by ${maxProbabilityDifference.toPrecision(2)} in a probability${names}`;
}
