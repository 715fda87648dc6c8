/**
 * A backend that keeps and adds up its numbers in 16 bits, as the graphics processors of some phones do: TensorFlow.js's
 * plain CPU backend, whose every result, and within convolutions every sum, is brought to half precision.
 */
import '@tensorflow/tfjs-backend-cpu';
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu/dist/base';
import { backend_util, getKernelsForBackend, registerBackend, registerKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';

/** Both are allowed by OpenGL ES (mediump); the one is off by half a unit in the last place, the other by a whole one, always downwards. */
export type Rounding = 'nearest' | 'truncated';

type Round = (value: number) => number;

const HIDDEN_BITS = 13; // of float32's 23, float16 has 10
const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

const ROUND: Record<Rounding, Round> = {
  // Veltkamp's splitting.
  nearest: (value) => {
    const scaled = Math.fround(value * (2 ** HIDDEN_BITS + 1));
    return Math.fround(scaled - Math.fround(scaled - value));
  },
  truncated: (value) => {
    float[0] = value;
    bits[0] = bits[0]! & (0xffffffff << HIDDEN_BITS);
    return float[0];
  },
};

/** Registers the backend under `name`. */
export function registerHalf(name: string, rounding: Rounding): void {
  const round = ROUND[rounding];
  registerBackend(name, () => new MathBackendCPU());
  for (const kernel of getKernelsForBackend('cpu')) registerKernel({ ...kernel, backendName: name, kernelFunc: rounded(kernel, round) });
}

function rounded({ kernelName, kernelFunc }: KernelConfig, round: Round): KernelConfig['kernelFunc'] {
  if (kernelName === 'FusedConv2D') return (call) => convolve(call as unknown as ConvolutionCall, round);
  return (call) => {
    const result = kernelFunc(call);
    for (const { dataId } of Array.isArray(result) ? result : [result]) {
      const data = (call.backend as unknown as MathBackendCPU).data.get(dataId);
      if (data.values instanceof Float32Array) data.values = data.values.map(round);
    }
    return result;
  };
}

interface ConvolutionCall {
  inputs: { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
  backend: MathBackendCPU;
  attrs: { strides: [number, number]; pad: 'same' | 'valid'; dilations: [number, number]; activation: string };
}

/** TensorFlow's layouts: pictures by row, column, channel; filters by row, column, input and output channel. */
function convolve({ inputs: { x, filter, bias }, backend, attrs: { strides, pad, dilations, activation } }: ConvolutionCall, round: Round): TensorInfo {
  const values = ({ dataId }: TensorInfo): Float32Array => backend.data.get(dataId).values as Float32Array;
  const [input, weights, offsets] = [values(x), values(filter), bias ? values(bias) : null];
  const shape = backend_util.computeConv2DInfo(x.shape as [number, number, number, number], filter.shape as [number, number, number, number], strides, dilations, pad);
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = shape;
  const out = new Float32Array(batchSize * outHeight * outWidth * outChannels);
  for (let place = 0; place < batchSize * outHeight * outWidth; place++) {
    const [column, row, picture] = [place % outWidth, Math.floor(place / outWidth) % outHeight, Math.floor(place / outWidth / outHeight)];
    const at = place * outChannels;
    for (let tap = 0; tap < filterHeight * filterWidth; tap++) {
      const fromRow = row * shape.strideHeight - padInfo.top + Math.floor(tap / filterWidth);
      const fromColumn = column * shape.strideWidth - padInfo.left + (tap % filterWidth);
      if (fromRow < 0 || fromRow >= inHeight || fromColumn < 0 || fromColumn >= inWidth) continue;
      const from = ((picture * inHeight + fromRow) * inWidth + fromColumn) * inChannels;
      for (let channel = 0; channel < inChannels; channel++) {
        const value = input[from + channel]!;
        const weight = (tap * inChannels + channel) * outChannels;
        for (let o = 0; o < outChannels; o++) out[at + o] = round(out[at + o]! + value * weights[weight + o]!);
      }
    }
    for (let o = 0; o < outChannels; o++) {
      const sum = round(out[at + o]! + (offsets?.[o] ?? 0));
      out[at + o] = activation === 'relu' ? Math.max(0, sum) : sum;
    }
  }
  return backend.makeTensorInfo(shape.outShape, 'float32', out);
}
