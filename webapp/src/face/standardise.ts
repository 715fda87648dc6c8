import type { Standardisation } from '../contract/types';

/** For each channel, what every level 0..255 becomes: (level / 255 - mean) / std. */
export function levelTables({ mean, std }: Standardisation): Float32Array[] {
  return mean.map((channelMean, channel) =>
    Float32Array.from({ length: 256 }, (_, level) => (level / 255 - channelMean) / std[channel]!),
  );
}

/** Standardises interleaved levels into `out`, from `offset` on. */
export function standardise(levels: Uint8Array, tables: readonly Float32Array[], out: Float32Array, offset = 0): void {
  const channels = tables.length;
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel]!;
    for (let i = channel; i < levels.length; i += channels) out[offset + i] = table[levels[i]!]!;
  }
}
