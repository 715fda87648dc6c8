/** How often the camera's pictures are read: each that comes, unless that asks too much of the device. */

/** `slow`: this device takes long for a picture and needs time for the rest. `battery`: it runs on its battery. */
export type Tempo = 'full' | 'slow' | 'battery';

/** Longer than this for a picture, and reading without a pause would leave a slow processor hot and the page sluggish. */
const SLOW_MS = 120;

/** Below this it is quick again. Well apart from the other, so that the tempo does not go to and fro. */
const QUICK_MS = 80;

/** Share of the time that a slow device reads. */
const SLOW_SHARE = 0.5;

/** On battery: readings are smoothed over about half a second, for which eight of them serve as well as thirty. */
const BATTERY_INTERVAL_MS = 125;

/** So many readings decide. Their median: a single one is slow for many reasons, the first for its caches. */
const WINDOW = 9;

export class Rhythm {
  #latencies: number[] = [];
  #slow = false;
  #lastStart = -Infinity;
  onBattery = false;

  /** Whether the picture that comes at `now` (milliseconds) is to be read; if so its reading begins now. */
  take(now: number): boolean {
    if (now - this.#lastStart < this.#interval()) return false;
    this.#lastStart = now;
    return true;
  }

  /** That a picture's reading took so many milliseconds. */
  note(latencyMs: number): void {
    this.#latencies = [...this.#latencies, latencyMs].slice(-WINDOW);
    if (this.#latencies.length < WINDOW) return;
    this.#slow = this.#typical() > (this.#slow ? QUICK_MS : SLOW_MS);
  }

  get tempo(): Tempo {
    if (this.#slow) return 'slow';
    return this.onBattery ? 'battery' : 'full';
  }

  #interval(): number {
    return Math.max(this.#slow ? this.#typical() / SLOW_SHARE : 0, this.onBattery ? BATTERY_INTERVAL_MS : 0);
  }

  #typical(): number {
    return [...this.#latencies].sort((a, b) => a - b)[Math.floor(this.#latencies.length / 2)] ?? 0;
  }
}
