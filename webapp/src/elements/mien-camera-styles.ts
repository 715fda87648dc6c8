/** Of `<mien-camera>`, inside its shadow. `font`, `color-scheme` and the size come from the page around it. */
export const STYLES = `
  :host { display: block; position: relative; aspect-ratio: 4 / 3; overflow: hidden; background: #0b171b; color: #e9f1f0; }
  :host([hidden]) { display: none; }
  video, .overlay, .idle { position: absolute; inset: 0; width: 100%; height: 100%; }
  video { object-fit: cover; }
  .overlay { pointer-events: none; }
  .idle { display: grid; place-items: center; place-content: center; gap: 0.75em; padding: 1em; box-sizing: border-box; text-align: center; }
  .idle[hidden] { display: none; }
  p { margin: 0; max-width: 40ch; }
  button { padding: 0.6em 1.3em; border: 0; border-radius: 99em; background: #63d4c4; color: #06201d; font: inherit; font-weight: 600; cursor: pointer; }
  button:focus-visible { outline: 3px solid #fff; outline-offset: 3px; }
  .face { position: absolute; top: 0; left: 0; border-radius: 0.75em; box-shadow: 0 0 0 2px #63d4c4, 0 0 0 5px rgb(6 14 16 / 35%); }
  .face span { position: absolute; top: 0.35em; left: 0.35em; padding: 0.1em 0.5em; border-radius: 0.4em; background: rgb(6 14 16 / 80%); white-space: nowrap; }
`;
