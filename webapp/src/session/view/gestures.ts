/** Mouse, pen, touch and wheel on a timeline: one pointer scrubs, two pinch, the wheel scrolls and zooms. */

import type { Scope } from '../../ui/scope';

export interface Gestures {
  /** A pointer is at this x (CSS pixels from the left edge). */
  readonly onScrub: (x: number) => void;
  /** Show `factor` times as much around this x. */
  readonly onZoom: (factor: number, x: number) => void;
  /** Move by so many pixels; false where there is nowhere to go, so that the page scrolls instead. */
  readonly onPan: (pixels: number) => boolean;
}

/** One notch of a wheel is about 100 pixels. */
const ZOOM_PER_PIXEL = 0.003;

export function followGestures(scope: Scope, stage: HTMLElement, { onScrub, onZoom, onPan }: Gestures): void {
  const pointers = new Map<number, number>();
  const place = (event: MouseEvent): number => event.clientX - stage.getBoundingClientRect().left;

  scope.listen<PointerEvent>(stage, 'pointerdown', (event) => {
    if (event.button !== 0) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, place(event));
    if (pointers.size === 1) onScrub(place(event));
  });
  scope.listen<PointerEvent>(stage, 'pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = place(event);
    pointers.set(event.pointerId, now);
    if (pointers.size === 1) onScrub(now);
    else pinch(event.pointerId, before, now);
  });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture']) {
    scope.listen<PointerEvent>(stage, type, (event) => { pointers.delete(event.pointerId); });
  }
  scope.listen<WheelEvent>(
    stage,
    'wheel',
    (event) => {
      const zooms = event.ctrlKey || event.metaKey;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (zooms) onZoom(Math.exp(event.deltaY * ZOOM_PER_PIXEL), place(event));
      if (zooms || (sideways !== 0 && onPan(sideways))) event.preventDefault();
    },
    { passive: false },
  );

  const pinch = (id: number, before: number, now: number): void => {
    const [other] = [...pointers].filter(([one]) => one !== id).map(([, x]) => x);
    if (other === undefined) return;
    const [wasApart, isApart] = [Math.abs(before - other), Math.abs(now - other)];
    if (wasApart > 1 && isApart > 1) onZoom(wasApart / isApart, (now + other) / 2);
  };
}
