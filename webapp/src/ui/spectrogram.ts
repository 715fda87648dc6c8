/** The log-mel spectrogram of the last seconds, standardised as the network sees it; it scrolls as sound comes in. */
import type { LogMelInput } from '../contract/types';
import { t } from '../i18n/i18n';
import { LiveLogMel } from '../speech/live_log_mel';
import { standardiseLogMel } from '../speech/log_mel';
import { melEdges } from '../speech/mel';
import { COLOURS, colourMap } from './colour-map';
import { make, setText } from './dom';
import type { Scope } from './scope';

const SECONDS_SHOWN = 5;

/** With reduced motion the picture is renewed now and then instead of gliding. */
const CALM_DRAWING_MS = 1000;

/** Ends of the colour scale, in standard deviations of the training data. */
const LOW = -2;
const HIGH = 3;

/** Pitches that are named beside the picture, Hz. */
const NAMED_HZ = [200, 500, 1000, 2000, 5000];

export class Spectrogram {
  readonly #live: LiveLogMel;
  readonly #context: CanvasRenderingContext2D;
  /** The columns in a ring, so that scrolling copies two rectangles and touches no pixel. */
  readonly #ring: CanvasRenderingContext2D;
  /** The same as values, for another theme. */
  readonly #values: Float32Array;
  readonly #columns: number;
  #colours = colourMap('light');
  #next = 0;
  #drawn = 0;

  /** Makes the place for it: a figure that is there while the panel runs. */
  static placeAfter(stage: HTMLElement): HTMLElement {
    const place = make('figure', { class: 'spectrogram', 'data-testid': 'voice-spectrogram' });
    stage.after(place);
    return place;
  }

  /**
   * @param scope owns the drawing
   * @param place an empty element that it fills
   * @param sampleRate of the samples to come
   */
  constructor(
    scope: Scope,
    private readonly place: HTMLElement,
    private readonly input: LogMelInput,
    sampleRate: number,
  ) {
    this.#live = new LiveLogMel(input, sampleRate);
    this.#columns = Math.round(SECONDS_SHOWN * this.#live.framesPerSecond);
    this.#values = new Float32Array(this.#columns * input.n_mels).fill(LOW);
    const size = { width: this.#columns, height: input.n_mels };
    const label = t('live.spectrogramLabel', { seconds: SECONDS_SHOWN, low: input.fmin, high: input.fmax });
    const canvas = make('canvas', { ...size, role: 'img', 'aria-label': label });
    this.#context = contextOf(canvas);
    this.#ring = contextOf(make('canvas', size));
    const note = make('span', { class: 'spectrogram-note' });
    const scale = make('div', { class: 'spectrogram-scale', 'aria-hidden': 'true' }, ...ticks(input));
    place.append(
      make('figcaption', {}, make('span', { class: 'spectrogram-title' }, t('live.spectrogram')), ' ', note),
      make('div', { class: 'spectrogram-picture' }, canvas, scale),
    );
    scope.add(() => { place.replaceChildren(); });
    this.#followTheme(scope, note);
    this.#draw(scope);
  }

  /** Takes samples in; they are drawn a moment later. */
  push(samples: Float32Array): void {
    const frames = this.#live.push(samples);
    const bands = this.input.n_mels;
    const values = new Float32Array(frames.length);
    standardiseLogMel(frames, this.input, values);
    for (let at = 0; at < values.length; at += bands) {
      const column = this.#next % this.#columns;
      this.#values.set(values.subarray(at, at + bands), column * bands);
      this.#paint(column);
      this.#next += 1;
    }
    if (values.length > 0) this.place.dataset.columns = String(this.#next);
  }

  #followTheme(scope: Scope, note: HTMLElement): void {
    const root = document.documentElement;
    const apply = (): void => {
      const dark = root.dataset.bsTheme === 'dark';
      this.#colours = colourMap(dark ? 'dark' : 'light');
      const values = { bands: this.input.n_mels, seconds: SECONDS_SHOWN };
      setText(note, t(dark ? 'live.spectrogramNote' : 'live.spectrogramNoteLight', values));
      for (let column = 0; column < this.#columns; column++) this.#paint(column);
      this.#drawn = -1;
    };
    const observer = new MutationObserver(apply);
    observer.observe(root, { attributeFilter: ['data-bs-theme'] });
    scope.add(() => { observer.disconnect(); });
    apply();
  }

  #paint(column: number): void {
    const bands = this.input.n_mels;
    const pixels = new ImageData(1, bands);
    for (let band = 0; band < bands; band++) {
      const share = (this.#values[column * bands + band]! - LOW) / (HIGH - LOW);
      const colour = 3 * Math.round(Math.min(1, Math.max(0, share)) * (COLOURS - 1));
      // Low pitches at the bottom.
      pixels.data.set(this.#colours.subarray(colour, colour + 3), 4 * (bands - 1 - band));
      pixels.data[4 * (bands - 1 - band) + 3] = 255;
    }
    this.#ring.putImageData(pixels, column, 0);
  }

  #draw(scope: Scope): void {
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    let last = -Infinity;
    scope.frames((now) => {
      if (this.#drawn === this.#next || (calm && now - last < CALM_DRAWING_MS)) return;
      last = now;
      this.#drawn = this.#next;
      const oldest = this.#next % this.#columns;
      this.#context.drawImage(this.#ring.canvas, -oldest, 0);
      this.#context.drawImage(this.#ring.canvas, this.#columns - oldest, 0);
    });
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('this browser lends no canvas to draw on');
  return context;
}

/** The named pitches at the height of their bands. */
function ticks({ n_mels: bands, fmin, fmax }: LogMelInput): HTMLElement[] {
  const centres = melEdges(bands, fmin, fmax).subarray(1, -1);
  return NAMED_HZ.filter((hz) => hz > centres[0]! && hz < centres[bands - 1]!).map((hz) => {
    const above = centres.findIndex((centre) => centre >= hz);
    const band = above - (centres[above]! - hz) / (centres[above]! - centres[above - 1]!);
    const tick = make('span', {}, hz < 1000 ? `${hz}\u202fHz` : `${hz / 1000}\u202fkHz`);
    tick.style.bottom = `${((100 * (band + 0.5)) / bands).toFixed(1)}%`;
    return tick;
  });
}
