/**
 * How a face moves between pictures: a Kalman filter a coordinate, whose velocity dies away while nothing is seen
 * (an Ornstein–Uhlenbeck velocity, as in R. A. Singer's model of 1970). All constants are in sides of the face, so that
 * faces near and far are followed alike; the side is the mean of the box's width and height.
 */

/** A velocity that nothing confirms falls to 1/e in this time: people stop, and come back. */
const VELOCITY_MEMORY_SECONDS = 1.2;

/** How far a velocity may wander: power spectral density of the acceleration, sides² per second³. */
const AGILITY = 4;

/** How well a detector's box tells the centre, in sides. */
const BOX_NOISE = 0.04;

/** The same where another face lies over it. */
const COVERED_BOX_NOISE = 0.15;

/** Standard deviation of the velocity of somebody who just came into view, sides per second. */
const FIRST_SPEED = 1.5;

/** How far from the expected place a face may turn up beyond what the filter says (a head that turns round), in sides. */
export const SLACK = 0.25;

/** Position and velocity on one axis, with their covariance. Pixels and seconds. */
export class AxisMotion {
  private velocity = 0;
  private covariance: { pp: number; pv: number; vv: number };

  constructor(
    private position: number,
    side: number,
  ) {
    this.covariance = { pp: (BOX_NOISE * side) ** 2, pv: 0, vv: (FIRST_SPEED * side) ** 2 };
  }

  get expected(): number {
    return this.position;
  }

  /** Standard deviation of where the face may turn up, pixels. */
  spread(side: number): number {
    return Math.sqrt(this.covariance.pp + (BOX_NOISE * side) ** 2 + (SLACK * side) ** 2);
  }

  /** Lets time pass. */
  predict(seconds: number, side: number): void {
    const keep = Math.exp(-seconds / VELOCITY_MEMORY_SECONDS);
    const reach = VELOCITY_MEMORY_SECONDS * (1 - keep);
    const { pp, pv, vv } = this.covariance;
    const noise = AGILITY * side * side;
    this.position += reach * this.velocity;
    this.velocity *= keep;
    this.covariance = {
      pp: pp + 2 * reach * pv + reach * reach * vv + (noise * seconds ** 3) / 3,
      pv: keep * (pv + reach * vv) + (noise * seconds ** 2) / 2,
      vv: keep * keep * vv + noise * seconds,
    };
  }

  /**
   * Takes in where the face was seen.
   * @param clear How clearly, 0..1: the box of a face half behind another one is drawn towards that.
   */
  correct(seen: number, side: number, clear = 1): void {
    const { pp, pv, vv } = this.covariance;
    const noise = clear * BOX_NOISE + (1 - clear) * COVERED_BOX_NOISE;
    const total = pp + (noise * side) ** 2;
    const gainPosition = pp / total;
    const gainVelocity = pv / total;
    const surprise = seen - this.position;
    this.position += gainPosition * surprise;
    this.velocity += gainVelocity * surprise;
    this.covariance = { pp: (1 - gainPosition) * pp, pv: (1 - gainPosition) * pv, vv: vv - gainVelocity * pv };
  }
}
