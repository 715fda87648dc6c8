/** Sessions for the tests. */
import { Session, type Subject } from '../../src/session/session';
import type { Sample } from '../../src/session/series';

export const ZERO = Date.UTC(2026, 2, 1, 13, 3, 22, 123);

/** Pseudo-random numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function sample(ms: number, label: number, probabilities: readonly number[], years: number | null = null): Sample {
  return {
    ms,
    label,
    probabilities,
    age: years === null ? null : { years, low: Math.max(0, years - 8), high: years + 9 },
    female: years === null ? null : 0.25,
  };
}

export function record(session: Session, subject: Subject, one: Sample): void {
  subject.series.push(one);
  session.countSample();
}

const STRANGE = ['Zoë', '=1+1', 'a,"b"\n;c', '@x', '', '<b>&', '名前'];

/** A session made by chance: subjects of every kind, with gaps, names, notes and corrections. */
export function madeSession(seed: number): Session {
  const next = random(seed);
  const whole = (below: number): number => Math.floor(next() * below);
  const session = new Session();
  session.at(ZERO + whole(1e9));
  for (let n = 0; n < 1 + whole(5); n++) {
    const kind = (['person', 'voice', 'together'] as const)[whole(3)]!;
    const labels = ['happy', 'sad', '__proto__', 'x y'].slice(0, 2 + whole(3));
    const subject = session.addSubject(kind, labels)!;
    session.rename(subject.id, STRANGE[whole(STRANGE.length)]!);
    let ms = whole(5000);
    for (let i = 0; i < whole(3000); i++) {
      const weights = labels.map(() => next() ** 4 + 1e-3);
      const sum = weights.reduce((a, b) => a + b);
      const years = kind === 'person' && next() < 0.9 ? next() * 90 : null;
      record(session, subject, sample(ms, whole(labels.length), weights.map((weight) => weight / sum), years));
      ms += 1 + whole(next() < 0.01 ? 100_000 : 700);
    }
    if (kind === 'person') subject.ageInterval = 0.9;
    for (let i = 0; i < whole(4); i++) {
      const read = Object.fromEntries(labels.map((label) => [label, 1 / labels.length]));
      session.addCorrection({ subject: subject.id, ms: whole(9000), shown: labels[0]!, right: labels[1]!, read });
    }
  }
  for (let i = 0; i < whole(6); i++) session.addNote(whole(100_000), STRANGE[whole(STRANGE.length)]!);
  return session;
}
