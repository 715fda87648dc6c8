/** The plane of valence and arousal: where the emotions lie, where the reading is, and the way that it came. */
import { AFFECT, affectWords, type Affect } from '../fusion/affect';
import { COMMON_LABELS } from '../fusion/labels';
import { Trail, TRAIL_SECONDS } from '../fusion/trail';
import { t } from '../i18n/i18n';
import { make, setText } from './dom';
import { title } from './format';
import { makeSvg } from './svg';

/** Half the side of the drawing, in its own units; one unit of valence is 100. */
const HALF = 112;

/** The trail is drawn in so many parts, each fainter than the next. */
const PARTS = 8;

/** The words beside the plane are for reading: they change no more often than this. */
const WORDS_EVERY_MS = 1000;

export class AffectPlane {
  readonly element: HTMLElement;
  readonly #trail = new Trail();
  readonly #parts = Array.from({ length: PARTS }, (_, i) => makeSvg('path', { class: 'plane-trail', opacity: ((i + 1) / (PARTS + 1)).toFixed(2) }));
  readonly #point = makeSvg('g', { class: 'plane-point', 'data-testid': 'plane-point' }, makeSvg('circle', { class: 'plane-halo', r: 14 }), makeSvg('circle', { class: 'plane-dot', r: 6.5 }));
  readonly #words = make('p', { class: 'plane-words', id: 'plane-words', 'data-testid': 'plane-words' });
  readonly #calm = window.matchMedia('(prefers-reduced-motion: reduce)');
  #worded = -Infinity;
  #moved = -Infinity;

  constructor() {
    const picture = makeSvg(
      'svg',
      {
        class: 'plane',
        viewBox: `${-HALF} ${-HALF} ${2 * HALF} ${2 * HALF}`,
        role: 'img',
        'aria-label': t('fusion.plane'),
        'aria-describedby': 'plane-words',
        focusable: 'false',
      },
      makeSvg('circle', { class: 'plane-ground', r: 100 }),
      makeSvg('path', { class: 'plane-axis', d: 'M-100 0H100M0 -100V100' }),
      axisWord('fusion.pleasant', 98, -4, 'end'),
      axisWord('fusion.unpleasant', -98, -4, 'start'),
      axisWord('fusion.lively', 4, -92, 'start'),
      axisWord('fusion.quiet', 4, 98, 'start'),
      ...COMMON_LABELS.flatMap((label) => place(label)),
      ...this.#parts,
      this.#point,
    );
    this.element = make('figure', { class: 'plane-figure', 'data-testid': 'plane' }, picture, make('figcaption', {}, this.#words, make('p', { class: 'plane-source' }, t('fusion.planeSource'))));
    this.clear();
  }

  /**
   * Shows where the reading is.
   * @param label that it names, for the colour
   * @param now milliseconds, on a clock that runs forward
   */
  show(affect: Affect, label: string, now: number): void {
    this.#trail.push(affect, now / 1000);
    // With reduced motion nothing glides and nothing trails: the point is put down anew, once a second.
    if (this.#calm.matches && now - this.#moved < WORDS_EVERY_MS) return;
    this.#moved = now;
    this.#point.style.display = '';
    this.#point.style.transform = `translate(${(100 * affect.valence).toFixed(1)}px, ${(-100 * affect.arousal).toFixed(1)}px)`;
    this.#point.dataset.emotion = label;
    this.#point.dataset.valence = affect.valence.toFixed(3);
    this.#point.dataset.arousal = affect.arousal.toFixed(3);
    this.#drawTrail(now / 1000);
    if (now - this.#worded < WORDS_EVERY_MS) return;
    this.#worded = now;
    setText(this.#words, inWords(affect));
  }

  /** Nothing is read any more. */
  clear(): void {
    this.#trail.clear();
    this.#worded = -Infinity;
    this.#moved = -Infinity;
    this.#point.style.display = 'none';
    for (const part of this.#parts) part.setAttribute('d', '');
    this.sayNothing(false);
  }

  /** Why there is no point. @param foreign Whether something is read, with labels that have no place here. */
  sayNothing(foreign: boolean): void {
    setText(this.#words, t(foreign ? 'fusion.noPlaceForeign' : 'fusion.noPlace'));
  }

  #drawTrail(now: number): void {
    const points = this.#calm.matches ? [] : this.#trail.points;
    this.#parts.forEach((part, i) => {
      const from = now - TRAIL_SECONDS * (1 - i / PARTS);
      const to = from + TRAIL_SECONDS / PARTS;
      // Each part begins with the last point of the one before, so that the line is whole.
      const first = Math.max(0, points.findIndex((point) => point.time >= from) - 1);
      const own = points.slice(first).filter((point) => point.time < to || i === PARTS - 1);
      const known = points.some((point) => point.time >= from && point.time < to);
      part.setAttribute('d', known ? own.map(({ valence, arousal }, k) => `${k === 0 ? 'M' : 'L'}${(100 * valence).toFixed(1)} ${(-100 * arousal).toFixed(1)}`).join('') : '');
    });
  }
}

function axisWord(key: 'fusion.pleasant' | 'fusion.unpleasant' | 'fusion.lively' | 'fusion.quiet', x: number, y: number, anchor: string): SVGTextElement {
  return makeSvg('text', { class: 'plane-word', x, y, 'text-anchor': anchor }, t(key));
}

/** Labels of emotions that lie close together are put on different sides of their dots. */
const LABEL_PLACE: Readonly<Record<(typeof COMMON_LABELS)[number], { dx: number; dy: number; anchor: string }>> = {
  angry: { dx: 6, dy: 12, anchor: 'start' },
  disgust: { dx: 6, dy: 8, anchor: 'start' },
  fear: { dx: 0, dy: -8, anchor: 'middle' },
  happy: { dx: 0, dy: 14, anchor: 'middle' },
  neutral: { dx: 6, dy: 12, anchor: 'start' },
  sad: { dx: 0, dy: 14, anchor: 'middle' },
  surprise: { dx: 0, dy: -8, anchor: 'middle' },
};

function place(label: (typeof COMMON_LABELS)[number]): SVGElement[] {
  const { valence, arousal } = AFFECT[label];
  const { dx, dy, anchor } = LABEL_PLACE[label];
  const [x, y] = [100 * valence, -100 * arousal];
  return [
    makeSvg('circle', { class: 'plane-emotion', 'data-emotion': label, cx: x, cy: y, r: 4 }),
    makeSvg('text', { class: 'plane-label', x: x + dx, y: y + dy, 'text-anchor': anchor }, title(label)),
  ];
}

function inWords(affect: Affect): string {
  const { valence, arousal } = affectWords(affect);
  const values = { valence: signed(affect.valence), arousal: signed(affect.arousal) };
  const words = [valence, arousal].filter((word) => word !== 'even').map((word) => t(`fusion.${word}`));
  const [word, other] = words;
  if (word === undefined) return t('fusion.even', values);
  return other === undefined ? t('fusion.oneWord', { ...values, word }) : t('fusion.twoWords', { ...values, word, other });
}

/** "+0.42", "−0.10". */
function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
