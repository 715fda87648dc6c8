/** The page's colours for a canvas, which knows nothing of style sheets. */

import { make } from '../../ui/dom';

export interface Palette {
  readonly ink: string;
  readonly soft: string;
  readonly line: string;
  readonly track: string;
  readonly paper: string;
  readonly accent: string;
  readonly emotion: (label: string) => string;
  readonly font: string;
}

/** Reads the colours as they are now, in this theme, from elements under `place`. */
export class PaletteProbe {
  readonly #probe = make('span', { class: 'palette-probe', 'aria-hidden': 'true' });

  constructor(place: HTMLElement) {
    place.append(this.#probe);
  }

  read(): Palette {
    const emotions = new Map<string, string>();
    const { fontFamily } = getComputedStyle(this.#probe);
    return {
      ink: this.#colour({ colour: 'ink' }),
      soft: this.#colour({ colour: 'soft' }),
      line: this.#colour({ colour: 'line' }),
      track: this.#colour({ colour: 'track' }),
      paper: this.#colour({ colour: 'paper' }),
      accent: this.#colour({ colour: 'accent' }),
      font: fontFamily,
      emotion: (label) => {
        const colour = emotions.get(label) ?? this.#colour({ emotion: label });
        emotions.set(label, colour);
        return colour;
      },
    };
  }

  #colour(data: { colour: string } | { emotion: string }): string {
    for (const name of ['colour', 'emotion']) Reflect.deleteProperty(this.#probe.dataset, name);
    Object.assign(this.#probe.dataset, data);
    return getComputedStyle(this.#probe).backgroundColor;
  }
}
