/** The microphone's last seconds, drawn by WaveSurfer from the very samples that are analysed. */

import WaveSurfer from 'wavesurfer.js';
import { Envelope } from '../audio/envelope';
import type { Scope } from './scope';

const SECONDS_SHOWN = 5;
const STEPS_PER_SECOND = 40;
const DRAWINGS_PER_SECOND = 15;

/** Quiet speech would be a flat line: the drawing (not the sound) is lifted by this power of the amplitude. */
const LIFT = 0.6;

/** With reduced motion the picture is renewed now and then instead of gliding. */
const CALM_DRAWINGS_PER_SECOND = 2;

export class Waveform {
  readonly #wave: WaveSurfer;
  readonly #envelope: Envelope;

  /**
   * @param scope owns the drawing
   * @param place an empty element that it fills; its CSS `color` is the waveform's
   * @param sampleRate of the samples to come
   */
  constructor(
    scope: Scope,
    private readonly place: HTMLElement,
    sampleRate: number,
  ) {
    this.#envelope = new Envelope(SECONDS_SHOWN * STEPS_PER_SECOND, Math.round(sampleRate / STEPS_PER_SECOND));
    this.#wave = createDetached(place);
    scope.add(() => {
      this.#wave.destroy();
      place.replaceChildren();
    });
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    const pauseMs = 1000 / (calm ? CALM_DRAWINGS_PER_SECOND : DRAWINGS_PER_SECOND);
    let drawn = -Infinity;
    // In step with the screen: a device that is too slow to paint is not asked to draw even more.
    scope.frames((now) => {
      if (now - drawn < pauseMs) return;
      drawn = now;
      this.#draw();
    });
    this.#draw();
  }

  /** Takes samples in; they are drawn a moment later. */
  push(samples: Float32Array): void {
    this.#envelope.push(samples);
  }

  #draw(): void {
    const { highs, lows } = this.#envelope;
    this.place.dataset.peak = Math.max(...highs).toFixed(4);
    // The newer drawing replaces the older; WaveSurfer rejects the older's promise then, which is no failure.
    this.#wave.load('', [highs.map(lifted), lows.map(lifted)], SECONDS_SHOWN).catch(() => undefined);
  }
}

/**
 * WaveSurfer writes a `<style>` element into its shadow root, which our content security policy refuses. Made in an
 * element that is not in the page yet, its rules can be moved to a constructed style sheet, which the policy allows.
 */
function createDetached(place: HTMLElement): WaveSurfer {
  const container = document.createElement('div');
  const wave = WaveSurfer.create({
    container,
    height: 'auto',
    waveColor: getComputedStyle(place).color,
    cursorWidth: 0,
    barWidth: 3,
    barGap: 2,
    barRadius: 3,
    barMinHeight: 2,
    maxPeak: 1,
    interact: false,
    hideScrollbar: true,
  });
  const root = container.firstElementChild?.shadowRoot;
  const style = root?.querySelector('style');
  if (root && style) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    style.remove();
    root.adoptedStyleSheets = [sheet];
  }
  place.replaceChildren(container);
  return wave;
}

function lifted(amplitude: number): number {
  return Math.sign(amplitude) * Math.abs(amplitude) ** LIFT;
}
