/** A ring around a face: each emotion has a part of it as long as its probability, in the order of the labels. */
import { makeSvg } from './svg';

/** Of the ring's circumference, which is 100; left between two parts. */
const GAP = 1.2;

export class MoodRing {
  readonly element = makeSvg('svg', { class: 'mood-ring', viewBox: '0 0 100 100', 'aria-hidden': 'true', focusable: 'false' });
  readonly #arcs = new Map<string, SVGCircleElement>();

  constructor() {
    this.element.append(makeSvg('circle', { class: 'mood-ring-shade', cx: 50, cy: 50, r: 46 }));
  }

  show(probabilities: Readonly<Record<string, number>>): void {
    let start = 0;
    for (const [label, share] of Object.entries(probabilities)) {
      const style = this.#arc(label).style;
      const length = Math.max(0, 100 * share - GAP);
      // A part that is too short to be seen would still leave a dot, because of its line caps.
      style.opacity = length > 0 ? '' : '0';
      style.strokeDasharray = `${length.toFixed(2)} ${(100 - length).toFixed(2)}`;
      style.strokeDashoffset = (-100 * start - GAP / 2).toFixed(2);
      start += share;
    }
  }

  #arc(label: string): SVGCircleElement {
    const known = this.#arcs.get(label);
    if (known) return known;
    const arc = makeSvg('circle', { class: 'mood-ring-arc', 'data-emotion': label, cx: 50, cy: 50, r: 46, pathLength: 100 });
    this.#arcs.set(label, arc);
    this.element.append(arc);
    return arc;
  }
}
