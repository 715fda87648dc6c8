/** Runs an analysis on the camera's pictures, one at a time; pictures that come meanwhile are let go. */

import type { Scope } from '../ui/scope';
import { watchPower } from './power';
import { Rhythm, type Tempo } from './rhythm';

/** How long an analysis takes and how often one is finished, smoothed over about ten of them. */
export interface Pace {
  latencyMs: number;
  perSecond: number;
  /** Why it is not as often as pictures come. */
  tempo: Tempo;
}

const SMOOTHING = 0.1;

/**
 * Calls `analyse` for the newest picture of `video` whenever the last call is done; less often on a slow device and on
 * battery.
 *
 * @param onPace is told the pace after each analysis
 * @param onError is told the first failure; the loop has ended then
 * @param resting whether pictures are to be let go for now
 */
export function runFrameLoop(
  scope: Scope,
  video: HTMLVideoElement,
  analyse: () => Promise<void>,
  onPace: (pace: Pace) => void,
  onError: (error: unknown) => void,
  resting: () => boolean = () => false,
): void {
  const loop = scope.child();
  let busy = false;
  let lastEnd = 0;
  const rhythm = new Rhythm();
  void watchPower(loop, (onBattery) => { rhythm.onBattery = onBattery; });
  let pace: Pace | null = null;

  const once = async (): Promise<void> => {
    const start = performance.now();
    await analyse();
    const end = performance.now();
    const latencyMs = end - start;
    const intervalMs = lastEnd === 0 ? latencyMs : end - lastEnd;
    lastEnd = end;
    rhythm.note(latencyMs);
    const { tempo } = rhythm;
    const mix = (old: number, now: number): number => old + SMOOTHING * (now - old);
    pace =
      pace === null
        ? { latencyMs, perSecond: 1000 / intervalMs, tempo }
        : { latencyMs: mix(pace.latencyMs, latencyMs), perSecond: 1000 / mix(1000 / pace.perSecond, intervalMs), tempo };
    onPace(pace);
  };

  loop.videoFrames(video, () => {
    // A paused picture has been read already.
    if (busy || resting() || video.paused || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    if (!rhythm.take(performance.now())) return;
    busy = true;
    once().then(
      () => (busy = false),
      (error: unknown) => {
        if (loop.disposed()) return;
        loop.dispose();
        onError(error);
      },
    );
  });
}
