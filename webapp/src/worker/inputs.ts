import type { GoldenInput } from '../contract/golden';
import type { LogMelInput, ModelInput } from '../contract/types';
import { MienError } from '../errors';
import type { Network } from '../network';
import { levelTables, standardise } from '../face/standardise';
import { LogMel, standardiseLogMel } from '../speech/log_mel';
import { cutWindows, windowLength } from '../speech/windows';
import { ACTIVITY } from './tasks';

/** The networks whose input is of this kind. */
export function networksOfKind<Kind extends ModelInput['kind']>(
  networks: readonly Network[],
  kind: Kind,
): Network<Extract<ModelInput, { kind: Kind }>>[] {
  return networks.filter((network): network is Network<Extract<ModelInput, { kind: Kind }>> => network.spec.input.kind === kind);
}

/** The network that reads a voice, and the one that tells whether there is any. */
export function networksOfSound(networks: readonly Network[]): { speech: Network<LogMelInput> | null; activity: Network<LogMelInput> | null } {
  const hearing = networksOfKind(networks, 'log-mel');
  return {
    speech: hearing.find(({ spec }) => spec.task !== ACTIVITY) ?? null,
    activity: hearing.find(({ spec }) => spec.task === ACTIVITY) ?? null,
  };
}

/** The shape of one input of a network, without the batch axis. */
export function inputShape(input: ModelInput): number[] {
  if (input.kind !== 'log-mel') return [input.height, input.width, input.mean.length];
  return [1 + Math.floor(windowLength(input) / input.hop_length), input.n_mels, 1];
}

/** The log-mel of a sound that is no longer than the window. */
export function windowLogMel(input: LogMelInput, samples: Float32Array): Float64Array {
  const [window] = cutWindows(samples, input);
  return new LogMel(input).run(window!.samples);
}

/** Preprocesses a golden input, as the pipelines do with frames and windows. */
export function networkInput(input: ModelInput, raw: GoldenInput): Float32Array {
  const values = new Float32Array(inputShape(input).reduce((product, side) => product * side, 1));
  if (input.kind !== 'log-mel' && raw.kind === 'pixels' && raw.levels.length === values.length) {
    standardise(raw.levels, levelTables(input), values);
    return values;
  }
  if (input.kind === 'log-mel' && raw.kind === 'samples' && raw.samples.length > 0 && raw.samples.length <= windowLength(input)) {
    standardiseLogMel(windowLogMel(input, raw.samples), input, values);
    return values;
  }
  throw new MienError(
    'spec-invalid',
    `golden.json: an input of kind ${raw.kind} does not fit the model's input of kind ${input.kind} and its size`,
    'Rebuild the model with mien-convert.',
  );
}
