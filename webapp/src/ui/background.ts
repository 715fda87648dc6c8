/** Soft drifting lights behind the page. With reduced motion nothing moves, and the library is not even fetched. */

import type { Container, ISourceOptions } from '@tsparticles/engine';
import type { Scope } from './scope';

const LIGHTS = 26;

/** The page analyses beside this; the background must not take its time. */
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

/** Starts, and follows the visitor's wish: `data-motion` on `place` is `moving`, `still` or (not loaded) `off`. */
export function startBackground(scope: Scope, place: HTMLElement): void {
  const reduced = window.matchMedia('(prefers-reduced-motion: reduce)');
  let moving: Scope | null = null;

  const apply = (): void => {
    moving?.dispose();
    moving = null;
    place.dataset.motion = 'still';
    if (reduced.matches) return;
    const running = scope.child();
    moving = running;
    drift(running, place).then(
      (container) => {
        if (container && !running.disposed()) place.dataset.motion = 'moving';
      },
      () => {
        // An ornament: without it the page is as useful, and its still background is there already.
        place.dataset.motion = 'off';
      },
    );
  };

  scope.listen(reduced, 'change', apply);
  apply();
}

async function drift(scope: Scope, place: HTMLElement): Promise<Container | undefined> {
  const [{ tsParticles }, { loadSlim }] = await Promise.all([import('@tsparticles/engine'), import('@tsparticles/slim')]);
  if (scope.disposed()) return undefined;
  await loadSlim(tsParticles);
  const container = await tsParticles.load({ id: 'background', element: place, options: OPTIONS });
  if (container) scope.add(() => { container.destroy(); });
  return container;
}
