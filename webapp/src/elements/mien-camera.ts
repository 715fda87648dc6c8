/**
 * `<mien-camera>`: a camera that reads faces, for any page. Importing this module defines the element; `mien.js` and the
 * models beside it are fetched when it starts.
 *
 *     <mien-camera mirror max-faces="2"></mien-camera>
 *     <script type="module" src="mien-camera.js"></script>
 */
import { onStage, type Size } from '../camera/geometry';
import { openCamera } from '../camera/camera';
import { runFrameLoop } from '../camera/frame-loop';
import { loadMien, MienError } from '../mien';
import type { Face, LoadProgress, Mien, Task } from '../types';
import { Problem } from '../ui/problems';
import { Scope } from '../ui/scope';
import { STYLES } from './mien-camera-styles';

/** Detail of `mien-faces`: boxes are in pixels of the camera's picture, not mirrored. */
export interface MienFacesDetail {
  faces: Face[];
  /** Of the camera's picture, in pixels. */
  width: number;
  height: number;
}

/** Detail of `mien-error`. `code` is stable; `message` says what happened, `hint` what to do. */
export interface MienErrorDetail {
  code: string;
  message: string;
  hint: string;
}

/** What the element fires, by name. All events bubble and leave shadow trees. */
export interface MienCameraEventMap {
  /** The camera is on and the first picture will be read next. */
  'mien-start': CustomEvent<null>;
  /** The camera is off again, whatever the reason. */
  'mien-stop': CustomEvent<null>;
  /** After every picture that was read, with no faces too. */
  'mien-faces': CustomEvent<MienFacesDetail>;
  /** It could not start, or had to end. */
  'mien-error': CustomEvent<MienErrorDetail>;
}

const DEFAULT_MAX_FACES = 4;
const TASKS: Task[] = ['face-emotion', 'face-age-gender'];

/**
 * Attributes: `mirror` shows the picture as a mirror does; `max-faces` (default 4); `autostart` starts as soon as the
 * element is in the page, and so asks for the camera unasked: off by default; `base-url` where the models are, if not
 * beside this module. The words of the button come from the slot `start`.
 */
export class MienCameraElement extends HTMLElement {
  readonly #video = document.createElement('video');
  readonly #overlay = document.createElement('div');
  readonly #idle = document.createElement('div');
  readonly #message = document.createElement('p');
  readonly #button = document.createElement('button');
  #run: Scope | null = null;
  #starting: Promise<void> | null = null;

  constructor() {
    super();
    const shadow = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    shadow.adoptedStyleSheets = [sheet]; // which a strict content security policy allows, unlike <style>
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#overlay.className = 'overlay';
    this.#overlay.setAttribute('aria-hidden', 'true'); // `mien-faces` is for words; the frames are for the eyes only
    this.#idle.className = 'idle';
    this.#message.setAttribute('role', 'status');
    const words = document.createElement('slot');
    words.name = 'start';
    words.textContent = 'Start the camera';
    this.#button.type = 'button';
    this.#button.append(words);
    this.#button.addEventListener('click', () => void this.start().catch(() => undefined));
    this.#idle.append(this.#button, this.#message);
    shadow.append(this.#video, this.#overlay, this.#idle);
  }

  /** Whether the camera is on, or being started. */
  get running(): boolean {
    return this.#run !== null;
  }

  get mirror(): boolean {
    return this.hasAttribute('mirror');
  }

  set mirror(on: boolean) {
    this.toggleAttribute('mirror', on);
  }

  /** A whole number of at least 1; anything else counts as 4. */
  get maxFaces(): number {
    const number = Number(this.getAttribute('max-faces') ?? DEFAULT_MAX_FACES);
    return Number.isInteger(number) && number >= 1 ? number : DEFAULT_MAX_FACES;
  }

  set maxFaces(number: number) {
    this.setAttribute('max-faces', String(number));
  }

  connectedCallback(): void {
    if (this.hasAttribute('autostart')) void this.start().catch(() => undefined);
  }

  /** The camera is let go as soon as the element leaves the page. */
  disconnectedCallback(): void {
    this.stop();
  }

  /**
   * Asks for the camera and reads its pictures until `stop`. Resolves when the camera is on, or when it was stopped
   * meanwhile.
   * @throws MienError or another error with `code`; `mien-error` was fired with the same
   */
  start(): Promise<void> {
    if (this.#starting) return this.#starting;
    const starting = this.#begin();
    this.#starting = starting;
    const over = (): void => { if (this.#starting === starting) this.#starting = null; };
    starting.then(over, over);
    return starting;
  }

  /** Lets the camera go. */
  stop(): void {
    this.#end('');
  }

  async #begin(): Promise<void> {
    if (this.#run) return;
    const run = new Scope();
    this.#run = run;
    this.#button.hidden = true;
    this.#say('…');
    try {
      const loading = this.#load(run);
      const camera = openCamera(run, this.#video, (problem) => { this.#fail(run, problem); });
      const [mien] = await Promise.all([loading, camera]);
      if (run.disposed()) return;
      this.#idle.hidden = true;
      this.#fire('mien-start', null);
      runFrameLoop(run, this.#video, () => this.#read(run, mien), () => undefined, (error) => { this.#fail(run, error); });
    } catch (error) {
      if (run.disposed()) return;
      this.#fail(run, error);
      throw error;
    }
  }

  async #load(run: Scope): Promise<Mien> {
    const base = this.getAttribute('base-url');
    const mien = await loadMien({
      tasks: TASKS,
      signal: run.signal,
      ...(base !== null && { baseUrl: new URL(base, document.baseURI) }),
      onProgress: ({ loadedBytes, totalBytes }: LoadProgress) => {
        if (totalBytes > 0 && !run.disposed()) this.#say(`${Math.round((100 * loadedBytes) / totalBytes)} %`);
      },
    });
    run.add(() => void mien.dispose());
    return mien;
  }

  async #read(run: Scope, mien: Mien): Promise<void> {
    const faces = await mien.analyseFaces(this.#video, { maxFaces: this.maxFaces, track: true });
    if (run.disposed()) return;
    const picture = { width: this.#video.videoWidth, height: this.#video.videoHeight };
    this.#show(faces, picture);
    this.#fire('mien-faces', { faces, ...picture });
  }

  #show(faces: readonly Face[], picture: Size): void {
    const stage = { width: this.clientWidth, height: this.clientHeight };
    this.#video.style.transform = this.mirror ? 'scaleX(-1)' : '';
    const boxes = faces.map((face) => {
      const place = onStage(face.box, picture, stage, this.mirror);
      const caption = document.createElement('span');
      caption.textContent = face.emotion?.label ?? '';
      const box = document.createElement('div');
      box.className = 'face';
      box.style.transform = `translate(${place.x.toFixed(1)}px, ${place.y.toFixed(1)}px)`;
      box.style.width = `${place.width.toFixed(1)}px`;
      box.style.height = `${place.height.toFixed(1)}px`;
      box.append(caption);
      return box;
    });
    this.#overlay.replaceChildren(...boxes);
  }

  #fail(run: Scope, error: unknown): void {
    if (run.disposed()) return;
    const detail = detailOf(error);
    this.#end(`${detail.message} ${detail.hint}`);
    this.#fire('mien-error', detail);
  }

  #end(message: string): void {
    const run = this.#run;
    if (!run) return;
    const wasOn = this.#idle.hidden;
    this.#run = null;
    this.#starting = null;
    run.dispose();
    this.#overlay.replaceChildren();
    this.#idle.hidden = false;
    this.#button.hidden = false;
    this.#say(message);
    if (wasOn) this.#fire('mien-stop', null);
  }

  #say(text: string): void {
    this.#message.textContent = text;
  }

  #fire<Name extends keyof MienCameraEventMap>(name: Name, detail: MienCameraEventMap[Name]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

function detailOf(error: unknown): MienErrorDetail {
  if (error instanceof Problem) return { code: error.code, message: error.what, hint: error.remedy };
  if (error instanceof MienError) return { code: error.code, message: error.message, hint: error.hint };
  return { code: 'unexpected', message: error instanceof Error ? error.message : String(error), hint: 'Reload the page.' };
}

declare global {
  interface HTMLElementTagNameMap {
    'mien-camera': MienCameraElement;
  }
  interface HTMLElementEventMap {
    'mien-start': MienCameraEventMap['mien-start'];
    'mien-stop': MienCameraEventMap['mien-stop'];
    'mien-faces': MienCameraEventMap['mien-faces'];
    'mien-error': MienCameraEventMap['mien-error'];
  }
}

if (!customElements.get('mien-camera')) customElements.define('mien-camera', MienCameraElement);
