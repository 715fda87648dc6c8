import { describe, expect, it } from 'vitest';
import { FileFault } from '../../src/session/place';
import { readCorrectionsFile, readSession } from '../../src/session/read-json';
import { Session } from '../../src/session/session';
import { sessionCsv, text } from '../../src/session/write-csv';
import { correctionsOnlyJson, headJson, sessionJson } from '../../src/session/write-json';
import { madeSession } from './made';

const json = (session: Session): string => [...sessionJson(session)].join('');

describe('a session as JSON', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('comes back the same (made session %i)', (seed) => {
    const session = madeSession(seed);
    const written = json(session);
    const again = new Session();
    again.replace(readSession('a.json', written));
    expect(json(again)).toBe(written);
    expect(again.sampleCount).toBe(session.sampleCount);
    expect(again.zero).toEqual(session.zero);
    expect(again.subjects.map(({ id, name, kind, number }) => [id, name, kind, number])).toEqual(
      session.subjects.map(({ id, name, kind, number }) => [id, name, kind, number]),
    );
    for (const [s, { series }] of session.subjects.entries()) {
      for (let i = 0; i < series.length; i += 97) expect(again.subjects[s]!.series.sample(i)).toEqual(series.sample(i));
    }
    expect(again.notes.map(({ ms, text: words }) => [ms, words])).toEqual(session.notes.map(({ ms, text: words }) => [ms, words]));
  });

  it('comes back where it is empty', () => {
    const again = readSession('a.json', json(new Session()));
    expect(again).toEqual({ zero: null, subjects: [], notes: [], corrections: [] });
  });

  it('has a head without samples, for the store', () => {
    const session = madeSession(3);
    const head = readSession('head', headJson(session));
    expect(head.subjects.map(({ id, series }) => [id, series.length])).toEqual(session.subjects.map(({ id }) => [id, 0]));
    expect(head.corrections).toHaveLength(session.corrections.length);
  });

  it('gives its corrections alone', () => {
    const session = madeSession(4);
    const only = readCorrectionsFile('c.json', [...correctionsOnlyJson(session)].join(''));
    expect(only.corrections).toEqual(session.corrections.map(({ ms, subject, shown, right, read }) => ({ ms, subject, shown, right, read })));
    expect(only.corrections.length).toBeGreaterThan(0);
  });

  it.each(['', '[]', 'null', '{"format":"mien-session/1"}', '{"format":1}', json(madeSession(1)).slice(0, -3)])('is refused as %.30s', (broken) => {
    expect(() => readSession('b.json', broken)).toThrow(FileFault);
    expect(() => readSession('b.json', broken)).toThrow(/b\.json.*Choose a JSON file/su);
  });

  it('is refused where times stand without a zero', () => {
    const without = json(madeSession(1)).replace(/"zero":"[^"]*"/, '"zero":null');
    expect(() => readSession('b.json', without)).toThrow(/at zero, a time such as/);
  });

  it('names a deep place', () => {
    const document = JSON.parse(json(madeSession(5))) as { subjects: { samples: { ms: number[] } }[] };
    document.subjects[0]!.samples.ms[7] = -1;
    expect(() => readSession('b.json', JSON.stringify(document))).toThrow(/at subjects\[0\]\.samples\.ms\[7\], a whole number.*and -1 was found/);
  });
});

describe('CSV', () => {
  it.each([
    ['plain words', 'plain words'],
    ['=1+1', `"'=1+1"`],
    ['+49', `"'+49"`],
    ['-x', "\"'-x\""],
    ['@SUM(A1)', `"'@SUM(A1)"`],
    ['＝1', `"'＝1"`],
    ['\tx', `"'\tx"`],
    ['a"b', '"a""b"'],
    ['a;=1', '"a;=1"'],
    ['a\nb', '"a\nb"'],
  ])('writes %j safely', (value, cell) => { expect(text(value)).toBe(cell); });

  it('has as many cells in every row', () => {
    const session = new Session();
    session.at(0);
    const voice = session.addSubject('voice', ['calm', 'sad'])!;
    voice.series.push({ ms: 10, label: 0, probabilities: [0.75, 0.25], age: null, female: null });
    session.addNote(10, 'x');
    const rows = [...sessionCsv(session)].join('').trimEnd().split('\r\n').map((row) => row.split(','));
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => 15));
    expect(rows[0]!.slice(-2)).toEqual(['p_calm', 'p_sad']);
    expect(rows[2]!.slice(2)).toEqual(['10', 'voice-1', 'Voice', 'voice', 'calm', '0.7500', '', '', '', '', '', '0.7500', '0.2500']);
    expect(rows[3]!.filter((cell) => cell !== '').slice(2)).toEqual(['10', 'x']);
    expect(rows[3]![rows[0]!.indexOf('note')]).toBe('x');
  });

  it('is only a head where nothing happened', () => {
    expect([...sessionCsv(new Session())].join('').split('\r\n')).toHaveLength(2);
  });
});
