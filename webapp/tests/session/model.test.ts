import { describe, expect, it, vi } from 'vitest';
import { MAX_MS, MAX_NOTE_LENGTH, MAX_SUBJECTS } from '../../src/session/limits';
import { CHUNK, merged, Series } from '../../src/session/series';
import { Session } from '../../src/session/session';
import { clock, isoTime, parseZero } from '../../src/session/time';
import { Scope } from '../../src/ui/scope';
import { record, sample, ZERO } from './made';

const LABELS = ['happy', 'sad'];

describe('times', () => {
  it.each([
    [0, '2026-03-01T13:03:22.123+00:00'],
    [60, '2026-03-01T14:03:22.123+01:00'],
    [-210, '2026-03-01T09:33:22.123-03:30'],
    [345, '2026-03-01T18:48:22.123+05:45'],
  ])('are ISO 8601 in the zone %i minutes east', (offset, text) => {
    expect(isoTime({ time: ZERO, offset })).toBe(text);
    expect(parseZero(text)).toEqual({ time: ZERO, offset });
    expect(Date.parse(text)).toBe(ZERO);
  });

  it('are counted from the zero', () => {
    expect(isoTime({ time: ZERO, offset: 60 }, 86_400_000 + 877)).toBe('2026-03-02T14:03:23.000+01:00');
  });

  it.each(['2026-03-01', '2026-03-01T14:03:22.123', '2026-02-30T14:03:22.123Z', '2026-03-01T25:03:22.123Z', '2026-03-01T14:03:22.123+15:00', 'x'])(
    'are refused as %s',
    (text) => { expect(parseZero(text)).toBeNull(); },
  );

  it('are short for people', () => {
    expect([0, 7999, 765_000, 3_723_000].map(clock)).toEqual(['0:00', '0:07', '12:45', '1:02:03']);
  });
});

describe('Series', () => {
  it('gives back what it took, over many chunks, to its own precision', () => {
    const series = new Series(LABELS);
    for (let i = 0; i < 2 * CHUNK + 5; i++) series.push(sample(i * 250, i % 2, [0.25, 0.75], i % 3 ? 30.5 : null));
    expect(series.length).toBe(2 * CHUNK + 5);
    for (const i of [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 4]) {
      expect(series.sample(i)).toEqual(sample(i * 250, i % 2, [0.25, 0.75], i % 3 ? 30.5 : null));
    }
    expect(series.chunkCount).toBe(3);
    expect(series.chunk(2).ms.length).toBe(5);
  });

  it('comes back from its chunks', () => {
    const series = new Series(LABELS);
    for (let i = 0; i < CHUNK + 9; i++) series.push(sample(i * 300, 0, [0.9, 0.1], i % 2 ? 41.2 : null));
    const again = new Series(LABELS);
    for (let n = 0; n < series.chunkCount; n++) again.pushChunk(series.chunk(n));
    expect(again.length).toBe(series.length);
    for (let i = 0; i < series.length; i++) expect(again.sample(i)).toEqual(series.sample(i));
  });

  it('finds times', () => {
    const series = new Series(LABELS);
    for (const ms of [10, 20, 40]) series.push(sample(ms, 0, [1, 0]));
    expect([0, 10, 11, 40, 41].map((ms) => series.indexFrom(ms))).toEqual([0, 0, 1, 2, 3]);
  });

  it('refuses what it cannot keep', () => {
    const series = new Series(LABELS);
    series.push(sample(10, 0, [1, 0]));
    expect(() => { series.push(sample(10, 0, [1, 0])); }).toThrow(RangeError);
    expect(() => { series.push(sample(11.5, 0, [1, 0])); }).toThrow(RangeError);
    expect(() => { series.push(sample(12, 2, [1, 0])); }).toThrow(RangeError);
    expect(() => { series.push(sample(12, 0, [1])); }).toThrow(RangeError);
    expect(() => { series.push(sample(12, 0, [NaN, 1])); }).toThrow(RangeError);
    expect(() => series.sample(1)).toThrow(RangeError);
    expect(() => new Series([])).toThrow(RangeError);
  });

  it('merges in the order of time', () => {
    const [one, other] = [new Series(LABELS), new Series(LABELS)];
    for (const ms of [0, 500, 900]) one.push(sample(ms, 0, [1, 0]));
    for (const ms of [250, 500, 1000]) other.push(sample(ms, 1, [0, 1]));
    const all = merged(one, other);
    expect(Array.from({ length: all.length }, (_, i) => [all.ms(i), all.label(i)])).toEqual([[0, 0], [250, 1], [500, 0], [900, 0], [1000, 1]]);
  });
});

describe('Session', () => {
  it('counts from the first thing that happens', () => {
    const session = new Session();
    expect(session.zero).toBeNull();
    expect(session.at(ZERO)).toBe(0);
    expect(session.at(ZERO + 1234)).toBe(1234);
    expect(session.at(ZERO - 5)).toBe(0);
    expect(session.zero?.time).toBe(ZERO);
    expect(session.at(ZERO + 400 * 86_400_000)).toBe(MAX_MS); // or its own file would be refused
  });

  it('keeps notes in the order of time, trimmed and bounded', () => {
    const session = new Session();
    const late = session.addNote(900, '  late ')!;
    session.addNote(100, 'x'.repeat(MAX_NOTE_LENGTH + 1));
    expect(session.addNote(5, '   ')).toBeNull();
    expect(session.notes.map(({ ms, text }) => [ms, text.length])).toEqual([[100, MAX_NOTE_LENGTH], [900, 4]]);
    session.editNote(late.id, 'later');
    session.editNote(late.id, ' ');
    expect(session.notes[1]?.text).toBe('later');
    session.removeNote(late.id);
    expect(session.notes).toHaveLength(1);
  });

  it('joins two who are one, and knows them by either id', () => {
    const session = new Session();
    const [one, two] = [session.addSubject('person', LABELS)!, session.addSubject('person', LABELS)!];
    record(session, one, sample(0, 0, [1, 0]));
    record(session, two, sample(5000, 1, [0, 1]));
    session.rename(two.id, 'Anna');
    session.addCorrection({ subject: two.id, ms: 0, shown: 'sad', right: 'happy', read: { happy: 0, sad: 1 } });
    session.merge(two.id, one.id);
    expect(session.subjects).toEqual([one]);
    expect([one.name, one.series.length, session.sampleCount]).toEqual(['Anna', 2, 2]);
    expect(session.subject(two.id)).toBe(one);
    expect(session.corrections[0]?.subject).toBe(one.id);
    expect(session.addSubject('person', LABELS)?.id).toBe('person-3');
  });

  it('does not join those who were seen side by side, nor faces with voices', () => {
    const session = new Session();
    const [one, two] = [session.addSubject('person', LABELS)!, session.addSubject('person', LABELS)!];
    for (let i = 0; i < 10; i++) for (const who of [one, two]) record(session, who, sample(i * 250, 0, [1, 0]));
    expect(session.canMerge(one, two)).toBe(false);
    expect(session.canMerge(one, session.addSubject('voice', LABELS)!)).toBe(false);
    expect(session.canMerge(one, session.addSubject('person', ['happy', 'calm'])!)).toBe(false);
    expect(session.canMerge(one, session.addSubject('person', LABELS)!)).toBe(true);
  });

  it('takes in only so many subjects', () => {
    const session = new Session();
    for (let i = 0; i < MAX_SUBJECTS; i++) expect(session.addSubject('person', LABELS)).not.toBeNull();
    expect(session.addSubject('person', LABELS)).toBeNull();
  });

  it('comes back as it was from a snapshot', () => {
    const session = new Session();
    const one = session.addSubject('person', LABELS)!;
    record(session, one, sample(session.at(ZERO), 0, [1, 0]));
    const before = session.snapshot();
    session.rename(one.id, 'Anna');
    session.clear();
    expect([session.isEmpty, session.sampleCount, session.zero]).toEqual([true, 0, null]);
    session.replace(before);
    expect([session.sampleCount, session.subjects[0]?.name, session.zero?.time]).toEqual([1, '', ZERO]);
  });

  it('tells of changes until the listener ends', () => {
    const session = new Session();
    const scope = new Scope();
    const heard = vi.fn();
    session.onChange(scope, heard);
    session.addNote(0, 'x');
    scope.dispose();
    session.addNote(0, 'y');
    expect(heard).toHaveBeenCalledOnce();
  });
});
