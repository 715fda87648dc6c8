import { describe, expect, it } from 'vitest';
import { LiveReadings } from '../../src/live/readings';
import { Identities } from '../../src/session/identities';
import { MAX_SUBJECTS } from '../../src/session/limits';
import { Recorder } from '../../src/session/recorder';
import { Session } from '../../src/session/session';
import type { Face, Voice } from '../../src/types';
import { Scope } from '../../src/ui/scope';
import { ZERO } from './made';

const face = (id: number, happy = 0.75): Face => ({
  id,
  box: { x: 0, y: 0, width: 1, height: 1 },
  keypoints: [],
  score: 1,
  emotion: { label: happy > 0.5 ? 'happy' : 'sad', probabilities: { happy, sad: 1 - happy } },
  age: { years: 34.26, low: 28, high: 41, interval: 0.9 },
  gender: { label: 'female', probabilities: { female: 0.8, male: 0.2 } },
});
const voice = (emotion: Voice['emotion']): Voice => ({ speech: emotion !== null, emotion, start: 0, end: 3 });

function setUp(): { session: Session; readings: LiveReadings; recorder: Recorder; states: string[] } {
  const session = new Session();
  const readings = new LiveReadings();
  const states: string[] = [];
  const recorder: Recorder = new Recorder(new Scope(), session, new Identities(session), readings, () => states.push(recorder.state));
  return { session, readings, recorder, states };
}

/** Pictures with these faces at 20 a second, from `begin` seconds after the zero for `seconds`. */
function film(readings: LiveReadings, faces: Face[], begin: number, seconds: number): void {
  for (let ms = 0; ms < seconds * 1000; ms += 50) readings.publishFaces({ time: ZERO + begin * 1000 + ms, faces });
}

describe('Recorder', () => {
  it('records nothing before it is told to', () => {
    const { session, readings } = setUp();
    film(readings, [face(0)], 0, 5);
    readings.publishVoice({ time: ZERO, voice: voice({ label: 'calm', probabilities: { calm: 1 } }) });
    expect(session.isEmpty).toBe(true);
  });

  it('samples every subject four times a second, whoever has settled', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    film(readings, [face(3), face(8)], 0, 11);
    expect(session.subjects.map(({ id, series }) => [id, series.length])).toEqual([['person-1', 40], ['person-2', 40]]);
    const [first] = session.subjects;
    const { ms, label, probabilities, age, female } = first!.series.sample(39);
    expect([ms, label, probabilities, female]).toEqual([9750, 0, [0.75, 0.25], 0.8]);
    expect(age).toEqual({ years: 34.3, low: 28, high: 41 });
    expect(first!.ageInterval).toBe(0.9);
  });

  it('takes what flashes up for nobody', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    film(readings, [face(0)], 0, 0.9);
    film(readings, [face(1)], 0.9, 0.9);
    expect(session.subjects).toEqual([]);
  });

  it('goes on over stops, and takes an id that comes back then for somebody else', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    film(readings, [face(0)], 0, 3);
    film(readings, [face(0)], 3, 3); // no stop
    film(readings, [face(0)], 60, 3);
    expect(session.subjects.map(({ id }) => id)).toEqual(['person-1', 'person-2']);
    expect(session.subjects[1]?.series.firstMs).toBe(60_000);
    expect(session.zero?.time).toBe(ZERO + 1000);
  });

  it('follows somebody who was joined with somebody else', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    film(readings, [face(0)], 0, 3);
    film(readings, [face(1)], 3, 3);
    session.merge('person-2', 'person-1');
    film(readings, [face(1)], 6, 3);
    expect(session.subjects.map(({ id, series }) => [id, series.lastMs])).toEqual([['person-1', 7750]]);
  });

  it('records a voice while somebody speaks', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    const calm = { label: 'calm', probabilities: { calm: 0.6, sad: 0.4 } };
    readings.publishVoice({ time: ZERO, voice: voice(calm) });
    readings.publishVoice({ time: ZERO + 500, voice: voice(null) });
    readings.publishVoice({ time: ZERO + 600, voice: voice(calm) });
    readings.publishTogether({ time: ZERO + 700, emotion: calm });
    expect(session.subjects.map(({ id, series }) => [id, series.length])).toEqual([['voice-1', 2], ['together-1', 1]]);
    expect(session.subjects[0]?.series.sample(0).age).toBeNull();
  });

  it('says when there are too many people, and goes on with those it has', () => {
    const { session, readings, recorder, states } = setUp();
    recorder.start();
    for (let id = 0; id <= MAX_SUBJECTS; id++) film(readings, [face(id)], 2 * id, 2);
    expect(states).toEqual(['on', 'crowded']);
    expect(session.subjects).toHaveLength(MAX_SUBJECTS);
    recorder.stop();
    expect(states.at(-1)).toBe('off');
  });

  it('does not mix what another session calls person 1 with the one in view', () => {
    const { session, readings, recorder } = setUp();
    recorder.start();
    film(readings, [face(0)], 0, 3);
    const before = session.snapshot();
    session.replace(before);
    film(readings, [face(0)], 3, 3);
    expect(session.subjects.map(({ id }) => id)).toEqual(['person-1', 'person-2']);
  });
});
