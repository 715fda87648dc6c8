/** Getting used to a voice; `tests/parity` compares it with Python. */
import { describe, expect, it } from 'vitest';
import { readSpec } from '../src/contract/spec';
import type { VoicesSpec } from '../src/contract/types';
import { EmotionClassifier } from '../src/speech/classifier';
import { centredLogs, KnownVoice, offsetOf } from '../src/speech/known_voice';
import { RuleActivity } from '../src/speech/activity';
import { SpeechStream } from '../src/speech/stream';
import { fakeNetwork, speechSpec } from './samples';

/** Two labels, whose readings lie at 1 and -1, and voices that stray by as much. */
const VOICES: VoicesSpec = {
  means: [[1, -1], [-1, 1]],
  within: [[0.1, -0.09], [-0.09, 0.1]],
  between: [[1, -1], [-1, 1]],
};

function reading(logit: number): number[] {
  const share = 1 / (1 + Math.exp(-2 * logit));
  return [share, 1 - share];
}

describe('KnownVoice', () => {
  it('reads what it hears first as it is', () => {
    const [first, second] = new KnownVoice(VOICES, 1).read(reading(0.7));
    expect(first).toBeCloseTo(reading(0.7)[0]!, 9);
    expect(first! + second!).toBeCloseTo(1, 9);
  });

  it('sets aside what the readings of a voice have in common', () => {
    const voice = new KnownVoice(VOICES, 1);
    // Both labels, each read with 0.8 more of the first.
    for (const logit of [1.8, -0.2, 1.8, -0.2, 1.8, -0.2]) voice.read(reading(logit));
    expect(voice.read(reading(-0.2))[1]).toBeGreaterThan(0.7);
    expect(voice.read(reading(1.8))[0]).toBeGreaterThan(0.7);
  });

  it('takes one label alone for what is said, not for the voice', () => {
    const logs = Array.from({ length: 20 }, () => centredLogs(reading(1)));
    expect(Math.abs(offsetOf(VOICES, logs, 1)[0]!)).toBeLessThan(0.2);
  });

  it('finds nothing where nothing was heard', () => {
    expect([...offsetOf(VOICES, [], 1)]).toEqual([0, 0]);
  });
});

describe('the stream', () => {
  async function read(voices: VoicesSpec | null): Promise<number[]> {
    const spec = speechSpec();
    if (voices) spec.outputs = { emotion: { kind: 'categorical', labels: ['calm', 'happy'], temperature: 1, voices } };
    let turn = 0;
    const network = fakeNetwork(spec, () => ({ emotion: Float32Array.from(turn++ % 2 === 0 ? [1.8, -1.8] : [-0.2, 0.2]) }));
    const always = { gate: new RuleActivity(spec.input).gate, frames: 3, probabilities: (_: Float64Array, ends: readonly number[]) => Promise.resolve(ends.map(() => 1)) };
    const stream = new SpeechStream(16000, new EmotionClassifier(network), always);
    const shares: number[] = [];
    for (let i = 0; i < 80; i++) {
      const { voice } = await stream.push(new Float32Array(1600).fill(0.1));
      if (voice) shares.push(voice.emotion!.probabilities.happy!);
    }
    return shares;
  }

  it('gets used to a voice where the model knows how voices differ', async () => {
    const [plain, used] = [await read(null), await read(VOICES)];
    expect(used.length).toBe(plain.length);
    expect(used[0]).toBeCloseTo(plain[0]!, 6);
    expect(Math.max(...plain)).toBeLessThan(0.62);
    expect(Math.max(...used.slice(-4))).toBeGreaterThan(0.7);
  });
});

describe('a spec', () => {
  const spec = (voices: unknown): string => {
    const { input, ...rest } = speechSpec();
    return JSON.stringify({ ...rest, input, outputs: { emotion: { kind: 'categorical', labels: ['calm', 'happy'], temperature: 1, voices } } });
  };

  it('says how voices differ', () => {
    expect(readSpec(spec(VOICES)).outputs.emotion).toMatchObject({ voices: VOICES });
  });

  it.each([
    ['means', { ...VOICES, means: [[1, -1]] }],
    ['within', { ...VOICES, within: [[0, 0], [0, 1]] }],
    ['between', { means: VOICES.means, within: VOICES.within }],
  ])('is refused for its %s, by name', (name, voices) => {
    expect(() => readSpec(spec(voices))).toThrow(`outputs.emotion.voices.${name}`);
  });
});
