/** While wall and page clock differ by less within one step, it is jitter or somebody who sets the clock. */
const SLEPT_MS = 2000;

/**
 * Seconds on a clock that runs forward, through a sleep of the machine as well. `performance.now()` stands still meanwhile
 * in several browsers, which would make the frame before the lid was closed and the one after it look like neighbours.
 */
export class WakefulClock {
  private slept = 0;
  private page: number;
  private wall: number;

  constructor(
    private readonly pageNow: () => number = () => performance.now(),
    private readonly wallNow: () => number = () => Date.now(),
  ) {
    this.page = pageNow();
    this.wall = wallNow();
  }

  now(): number {
    const [page, wall] = [this.pageNow(), this.wallNow()];
    const more = wall - this.wall - (page - this.page);
    if (more > SLEPT_MS) this.slept += more;
    this.page = page;
    this.wall = wall;
    return (page + this.slept) / 1000;
  }
}
