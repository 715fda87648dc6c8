/** Labels of somebody's own model: their names, how sure they are, and their hues. */
import { describe, expect, it } from 'vitest';
import { sureness, title, word } from '../../src/ui/format';
import { huesOf } from '../../src/ui/label-colours';

describe('names', () => {
  it('are made readable', () => {
    expect(title('very_bored')).toBe('Very bored');
    expect(title('müde')).toBe('Müde');
    expect(title('happy')).toBe('Happy');
  });

  it('are not taken for messages with places to fill in', () => {
    for (const label of ['unsure', 'sure', 'years', 'range']) expect(word(label)).toBe(label);
  });
});

describe('sureness', () => {
  it('follows the model where it has a threshold: of two labels one always has half', () => {
    expect(sureness(0.55)).toBe('55%');
    expect(sureness(0.55, true)).toContain('unsure');
    expect(sureness(0.3, false)).toBe('30%');
    expect(sureness(0.3)).toContain('unsure');
  });
});

describe('hues', () => {
  it('differ among new labels and from those of known ones beside them', () => {
    const hues = huesOf(['bored', 'happy', 'curious', 'sad', 'tired']);
    expect(hues[1]).toBe('happy');
    expect(hues[3]).toBe('sad');
    expect(new Set(hues).size).toBe(5);
  });

  it('go by place alone, and come again after eight', () => {
    const ten = Array.from({ length: 10 }, (_, i) => `label ${String(i)}`);
    expect(huesOf(ten)).toEqual(huesOf(ten.map((label) => `${label}, renamed`)));
    expect(new Set(huesOf(ten)).size).toBe(8);
    expect(huesOf(ten)[8]).toBe(huesOf(ten)[0]);
  });

  it('are there even where known labels have taken all', () => {
    const all = ['angry', 'calm', 'disgust', 'fear', 'happy', 'neutral', 'sad', 'surprise', 'bored', 'constructor'];
    expect(huesOf(all).slice(8).every((hue) => typeof hue === 'string')).toBe(true);
  });
});
