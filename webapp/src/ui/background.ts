/** Soft drifting lights behind the page. With reduced motion nothing moves, and the library is not even fetched. */

import type { Container, ISourceOptions } from '@tsparticles/engine';
import type { Scope } from './scope';

const LIGHTS = 26;

/** They drift so slowly that more would not be seen. */
const FRAMES_PER_SECOND = 20;

const OPTIONS: ISourceOptions = {
  fullScreen: { enable: false },
  fpsLimit: FRAMES_PER_SECOND,
  detectRetina: false,
  pauseOnBlur: true,
  pauseOnOutsideViewport: false,
  particles: {
    number: { value: LIGHTS },
    paint: {
      fill: { enable: true, color: { value: ['#f2b84b', '#ef7d6a', '#8d86e8', '#4fa8d8', '#4fbfa6'] } },
    },
    shape: { type: 'circle' },
    opacity: { value: { min: 0.1, max: 0.34 } },
    size: { value: { min: 2, max: 9 } },
    move: { enable: true, speed: { min: 0.15, max: 0.5 }, direction: 'top', outModes: { default: 'out' }, random: true },
  },
};

/**
 * Follows the visitor's wish for reduced motion, and rests while faces or voices are read: the device's time belongs
 * to the reading then. `data-motion` on the place is `moving`, `resting`, `still` or (not to be had) `off`.
 */
export class Background {
  readonly #reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  #drift: Scope | null = null;
  #container: Container | null = null;
  #resting = false;

  constructor(
    private readonly scope: Scope,
    private readonly place: HTMLElement,
  ) {
    scope.listen(this.#reduced, 'change', () => { this.#start(); });
    this.#start();
  }

  /** Holds the lights where they are, or lets them go on. */
  rest(resting: boolean): void {
    if (resting === this.#resting) return;
    this.#resting = resting;
    this.#follow();
  }

  #start(): void {
    this.#drift?.dispose();
    this.#drift = null;
    this.place.dataset.motion = 'still';
    if (this.#reduced.matches) return;
    const drift = this.scope.child();
    this.#drift = drift;
    load(drift, this.place).then(
      (container) => {
        if (!container || drift.disposed()) return;
        this.#container = container;
        drift.add(() => (this.#container = null));
        this.#follow();
      },
      () => {
        // An ornament: without it the page is as useful, and its still background is there already.
        this.place.dataset.motion = 'off';
      },
    );
  }

  #follow(): void {
    if (!this.#container) return;
    if (this.#resting) this.#container.pause();
    else this.#container.play();
    this.place.dataset.motion = this.#resting ? 'resting' : 'moving';
  }
}

async function load(scope: Scope, place: HTMLElement): Promise<Container | undefined> {
  const [{ tsParticles }, { loadSlim }] = await Promise.all([import('@tsparticles/engine'), import('@tsparticles/slim')]);
  if (scope.disposed()) return undefined;
  await loadSlim(tsParticles);
  const container = await tsParticles.load({ id: 'background', element: place, options: OPTIONS });
  if (container) scope.add(() => { container.destroy(); });
  return container;
}
