/**
 * A session: from its zero on, who was read and when, the visitor's notes, and the visitor's corrections. It knows
 * nothing of the page; times come from its callers, in milliseconds since 1970 where named `time`, since the zero where `ms`.
 */

import type { Scope } from '../ui/scope';
import { MAX_CORRECTIONS, MAX_MS, MAX_NAME_LENGTH, MAX_NOTES, MAX_NOTE_LENGTH, MAX_SAMPLES, MAX_SUBJECTS } from './limits';
import { merged, Series } from './series';
import { zeroAt, type Zero } from './time';

/** `together` is the reading fused from face and voice. */
export const KINDS = ['person', 'voice', 'together'] as const;
export type Kind = (typeof KINDS)[number];

export interface Subject {
  /** Stable within the session, such as `person-1`. */
  readonly id: string;
  readonly kind: Kind;
  /** Of its kind, from 1. */
  readonly number: number;
  /** Given by the visitor; empty: named by kind and number. */
  name: string;
  /** The share of people that the age interval is meant to hold; null while no age was read. */
  ageInterval: number | null;
  series: Series;
}

export interface Note {
  readonly id: number;
  ms: number;
  text: string;
}

/** The visitor's word against a reading. */
export interface Correction {
  readonly id: number;
  subject: string;
  readonly ms: number;
  /** What was shown. */
  readonly shown: string;
  /** What is right. */
  readonly right: string;
  /** What the network read, before any correction was applied, by label. */
  readonly read: Readonly<Record<string, number>>;
}

/** Everything in a session, as files carry it. */
export interface Content {
  readonly zero: Zero | null;
  readonly subjects: readonly Subject[];
  readonly notes: readonly Omit<Note, 'id'>[];
  readonly corrections: readonly Omit<Correction, 'id'>[];
}

export class Session {
  #zero: Zero | null = null;
  #subjects = new Map<string, Subject>();
  #notes: Note[] = [];
  #corrections: Correction[] = [];
  #nextId = 1;
  #samples = 0;
  #revision = 0;
  #generation = 0;
  #replacements = 0;
  #mergedInto = new Map<string, string>();
  readonly #listeners = new Set<() => void>();

  get zero(): Zero | null {
    return this.#zero;
  }

  get subjects(): readonly Subject[] {
    return [...this.#subjects.values()];
  }

  /** In the order of time. */
  get notes(): readonly Note[] {
    return this.#notes;
  }

  get corrections(): readonly Correction[] {
    return this.#corrections;
  }

  get sampleCount(): number {
    return this.#samples;
  }

  /** Grows with every change other than a new sample. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows when samples that were there have changed or gone. */
  get generation(): number {
    return this.#generation;
  }

  /** Grows when another session has taken this one's place: ids from before mean nothing then. */
  get replacements(): number {
    return this.#replacements;
  }

  get isEmpty(): boolean {
    return this.#subjects.size === 0 && this.#notes.length === 0;
  }

  get isFull(): boolean {
    return this.#samples >= MAX_SAMPLES;
  }

  /** From the zero to the last sample or note. */
  get durationMs(): number {
    let last = this.#notes.at(-1)?.ms ?? 0;
    for (const { series } of this.#subjects.values()) if (series.length > 0) last = Math.max(last, series.lastMs);
    return last;
  }

  /** Calls `listener` after every change other than a new sample. */
  onChange(scope: Scope, listener: () => void): void {
    if (scope.disposed()) return;
    this.#listeners.add(listener);
    scope.add(() => { this.#listeners.delete(listener); });
  }

  /** Milliseconds since the zero, which is now if there was none; at most `MAX_MS`. */
  at(time: number): number {
    if (this.#zero === null) {
      this.#zero = zeroAt(time);
      this.#changed();
    }
    return Math.min(MAX_MS, Math.max(0, Math.round(time - this.#zero.time)));
  }

  /** The subject of this id, or the one that it was merged into. */
  subject(id: string): Subject | undefined {
    const into = this.#mergedInto.get(id);
    return into === undefined ? this.#subjects.get(id) : this.subject(into);
  }

  /** A new subject with samples of these labels; null where there are too many already. */
  addSubject(kind: Kind, labels: readonly string[]): Subject | null {
    if (this.#subjects.size >= MAX_SUBJECTS) return null;
    const number = this.#nextNumber(kind);
    const subject: Subject = { id: `${kind}-${number}`, kind, number, name: '', ageInterval: null, series: new Series(labels) };
    this.#subjects.set(subject.id, subject);
    this.#changed();
    return subject;
  }

  /** Notes that the subject has one sample more. */
  countSample(): void {
    this.#samples += 1;
  }

  rename(id: string, name: string): void {
    const subject = this.#subjects.get(id);
    const clean = name.trim().slice(0, MAX_NAME_LENGTH);
    if (!subject || subject.name === clean) return;
    subject.name = clean;
    this.#changed();
  }

  /** Whether both can be one person: same kind, same labels, and never seen side by side. */
  canMerge(from: Subject, into: Subject): boolean {
    return from !== into && from.kind === into.kind && sameLabels(from.series.labels, into.series.labels) && !sideBySide(from.series, into.series);
  }

  /** Makes `from` a part of `into`: samples, corrections, and everything that is read from it later. */
  merge(from: string, into: string): void {
    const [one, other] = [this.#subjects.get(from), this.#subjects.get(into)];
    if (!one || !other || !this.canMerge(one, other)) return;
    other.series = merged(other.series, one.series);
    other.ageInterval ??= one.ageInterval;
    if (other.name === '') other.name = one.name;
    this.#subjects.delete(from);
    this.#mergedInto.set(from, into);
    for (const correction of this.#corrections) if (correction.subject === from) correction.subject = into;
    this.#recount();
    this.#changed();
  }

  /** @returns the note; null where the text is empty or there are too many */
  addNote(ms: number, text: string): Note | null {
    const clean = text.trim().slice(0, MAX_NOTE_LENGTH);
    if (clean === '' || this.#notes.length >= MAX_NOTES) return null;
    const note = { id: this.#nextId++, ms: Math.round(ms), text: clean };
    this.#notes = [...this.#notes, note].sort((a, b) => a.ms - b.ms);
    this.#changed();
    return note;
  }

  editNote(id: number, text: string): void {
    const note = this.#notes.find((one) => one.id === id);
    const clean = text.trim().slice(0, MAX_NOTE_LENGTH);
    if (!note || clean === '' || note.text === clean) return;
    note.text = clean;
    this.#changed();
  }

  removeNote(id: number): void {
    this.#notes = this.#notes.filter((note) => note.id !== id);
    this.#changed();
  }

  /** The oldest gives way where there are too many. */
  addCorrection(correction: Omit<Correction, 'id'>): Correction {
    const kept = { ...correction, id: this.#nextId++ };
    this.#corrections = [...this.#corrections, kept].slice(-MAX_CORRECTIONS);
    this.#changed();
    return kept;
  }

  removeCorrection(id: number): void {
    this.#corrections = this.#corrections.filter((one) => one.id !== id);
    this.#changed();
  }

  /** Forgets the corrections of one subject, or all. */
  resetCorrections(subject?: string): void {
    this.#corrections = subject === undefined ? [] : this.#corrections.filter((one) => one.subject !== subject);
    this.#changed();
  }

  /** What is there now, to be put back later by `replace`. */
  snapshot(): Content {
    return {
      zero: this.#zero,
      subjects: this.subjects.map((subject) => ({ ...subject })),
      notes: this.#notes.map((note) => ({ ...note })),
      corrections: this.#corrections.map((correction) => ({ ...correction })),
    };
  }

  /** Puts another session in this one's place. */
  replace(content: Content): void {
    this.#replacements += 1;
    this.#mergedInto.clear();
    this.#zero = content.zero;
    this.#subjects = new Map(content.subjects.map((subject) => [subject.id, subject]));
    this.#notes = content.notes.map((note) => ({ ...note, id: this.#nextId++ })).sort((a, b) => a.ms - b.ms);
    this.#corrections = content.corrections.map((correction) => ({ ...correction, id: this.#nextId++ }));
    this.#recount();
    this.#changed();
  }

  clear(): void {
    this.replace({ zero: null, subjects: [], notes: [], corrections: [] });
  }

  /** Numbers of merged subjects are not given again: somebody may have them in mind, and `subject` still knows them. */
  #nextNumber(kind: Kind): number {
    let number = 1;
    while (this.#subjects.has(`${kind}-${number}`) || this.#mergedInto.has(`${kind}-${number}`)) number += 1;
    return number;
  }

  #recount(): void {
    this.#generation += 1;
    this.#samples = this.subjects.reduce((sum, { series }) => sum + series.length, 0);
  }

  #changed(): void {
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }
}

export function sameLabels(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((label, index) => label === other[index]);
}

/** In one picture both are sampled in the same moment; a few such moments may be a tracker's doubt. */
const DOUBTFUL_MOMENTS = 4;

function sideBySide(one: Series, other: Series): boolean {
  let [i, j, together] = [0, 0, 0];
  while (i < one.length && j < other.length) {
    const difference = one.ms(i) - other.ms(j);
    if (difference === 0) together += 1;
    if (together > DOUBTFUL_MOMENTS) return true;
    if (difference <= 0) i += 1;
    if (difference >= 0) j += 1;
  }
  return false;
}
