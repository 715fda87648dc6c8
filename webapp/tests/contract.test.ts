import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../src/contract/catalogue';
import { readGolden } from '../src/contract/golden';
import { readSpec } from '../src/contract/spec';
import { MienError } from '../src/errors';
import { faceSpec, speechSpec } from './samples';

/** The MienError that `act` throws. */
function errorOf(act: () => unknown): MienError {
  try {
    act();
  } catch (error) {
    if (error instanceof MienError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readSpec', () => {
  it('reads what it was given', () => {
    expect(readSpec(JSON.stringify(faceSpec()))).toEqual(faceSpec());
    expect(readSpec(JSON.stringify(speechSpec()))).toEqual(speechSpec());
  });

  it('keeps labels, sizes and settings of a model of another make', () => {
    const spec = faceSpec();
    const other = {
      ...spec,
      input: { ...spec.input, width: 96, height: 80, channels: 'rgb', mean: [0.1, 0.2, 0.3], std: [1, 2, 3] },
      outputs: { mood: { kind: 'categorical', labels: ['up', 'down'], temperature: 3 } },
    };
    expect(readSpec(JSON.stringify(other))).toEqual(other);
  });

  const spec = faceSpec();
  it.each([
    ['format', { ...spec, format: 'mien-model/2' }, 'x.json: format: expected "mien-model/1", found "mien-model/2"'],
    ['input.kind', { ...spec, input: { kind: 'video' } }, 'x.json: input.kind: expected "face-crop" or "frame" or "log-mel", found "video"'],
    ['input.width', { ...spec, input: { ...spec.input, width: 0.5 } }, 'x.json: input.width: expected a whole number from 1 to 1024, found 0.5'],
    ['input.mean', { ...spec, input: { ...spec.input, mean: [1, 2] } }, 'x.json: input.mean: expected a list of 1, found a list of 2'],
    ['input.std[0]', { ...spec, input: { ...spec.input, std: [0] } }, 'x.json: input.std[0]: expected a number above 0, found 0'],
    ['outputs', { ...spec, outputs: {} }, 'x.json: outputs: expected at least one output, found an object'],
    ['version', { ...spec, version: undefined }, 'x.json: version: expected a string that is not empty, found nothing'],
    [
      'labels',
      { ...spec, outputs: { emotion: { kind: 'categorical', labels: ['a', 'a'], temperature: 1 } } },
      'x.json: outputs.emotion.labels: expected labels that differ from each other, found a list of 2',
    ],
  ])('says where %s is wrong', (_field, value, message) => {
    const error = errorOf(() => readSpec(JSON.stringify(value), 'x.json'));
    expect(error.code).toBe('spec-invalid');
    expect(error.message).toBe(message);
    expect(error.hint).toContain('mien-convert');
  });

  it('refuses what is no JSON', () => {
    expect(errorOf(() => readSpec('<!doctype html>', 'x.json')).message).toBe('x.json: the file: expected JSON, found "<!doctype html>"');
  });

  it('does not take inherited names for fields', () => {
    expect(errorOf(() => readSpec('{"__proto__": {"format": "mien-model/1"}}')).code).toBe('spec-invalid');
  });
});

describe('readCatalogue', () => {
  const file = { bytes: 3, sha256: 'ab'.repeat(32) };
  const catalogue = (files: object): string =>
    JSON.stringify({ format: 'mien-catalogue/1', models: { 'face-emotion': { version: '1.0.0', files } } });

  it('reads files by model', () => {
    expect(readCatalogue(catalogue({ 'model.json': file })).models['face-emotion']?.files['model.json']).toEqual(file);
  });

  it.each(['../model.json', 'a/b', '', 'https://elsewhere.example/x', '.hidden'])('refuses the file name %j', (name) => {
    expect(errorOf(() => readCatalogue(catalogue({ [name]: file }))).message).toContain('a plain file name');
  });

  it('refuses what is no hash', () => {
    const message = errorOf(() => readCatalogue(catalogue({ 'a.bin': { ...file, sha256: 'AB'.repeat(32) } }))).message;
    expect(message).toContain('models.face-emotion.files.a.bin.sha256: expected 64 lower-case hexadecimal digits');
  });
});

describe('readGolden', () => {
  it('decodes pixels, samples, outputs and faces', () => {
    const golden = {
      format: 'mien-golden/1',
      cases: [
        { name: 'a', input: { kind: 'pixels', shape: [1, 2, 1], data: 'AP8=' }, outputs: { emotion: [1.5, -2] }, probabilities: { emotion: [0.9, 0.1] } },
        // int16 16384 and -32768
        { name: 'b', input: { kind: 'samples', sample_rate: 16000, data: 'AEAAgA==' }, outputs: {}, speech: false },
        // float32 1.0
        {
          name: 'c',
          input: { kind: 'pixels', shape: [1, 1, 1], data: 'AA==' },
          outputs: { boxes: { shape: [1], data: 'AACAPw==' } },
          faces: [{ box: [1, 2, 3, 4], keypoints: [[5, 6]], score: 0.5 }],
        },
      ],
    };
    const [a, b, c] = readGolden(JSON.stringify(golden));
    expect(a?.input).toEqual({ kind: 'pixels', shape: [1, 2, 1], levels: Uint8Array.of(0, 255) });
    expect(a?.outputs.emotion).toEqual(Float32Array.of(1.5, -2));
    expect(a?.speech).toBeNull();
    expect(b?.input).toEqual({ kind: 'samples', sampleRate: 16000, samples: Float32Array.of(0.5, -1) });
    expect(b?.speech).toBe(false);
    expect(c?.outputs.boxes).toEqual(Float32Array.of(1));
    expect(c?.faces).toEqual([{ box: [1, 2, 3, 4], keypoints: [[5, 6]], score: 0.5 }]);
  });
});
