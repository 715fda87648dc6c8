/** The camera view: mirrored picture, a box and a card per face, renewed as fast as this device can. */

import { openCamera } from '../camera/camera';
import { runFrameLoop, type Pace } from '../camera/frame-loop';
import { t } from '../i18n/i18n';
import { DeviceChooser } from '../live/device-chooser';
import { FaceIds } from '../live/face-ids';
import { GapWatch } from '../live/gap';
import { Notices } from '../live/notices';
import { Pause } from '../live/pause';
import type { LiveReadings } from '../live/readings';
import { asShown } from '../live/shown';
import { toggleButton } from '../live/toggle';
import { addTools } from '../live/tools';
import type { Face, Mien } from '../types';
import { Announcer } from './announcer';
import { find, setText } from './dom';
import { Engine, hasEnded } from './engine';
import { FaceList } from './face-list';
import { count, decimal, milliseconds, title, years } from './format';
import { Panel, type Run } from './panel';
import { Recovery, renewedText } from './recovery';
import type { Scope } from './scope';

const MAX_FACES = 4;

/** After so long without a picture those who are in view are looked at anew, as the tracker does; even slow devices read more often. */
const GAP_MS = 10_000;

/** The numbers of the pace are for a glance: renewed so often, they can be read. */
const PACE_EVERY_MS = 500;

export class FacePanel {
  readonly panel: Panel;
  readonly #readings: LiveReadings;
  readonly #engine = new Engine(['face-emotion', 'face-age-gender']);
  readonly #recovery = new Recovery(this.#engine);
  readonly #ids = new FaceIds();
  readonly #gap = new GapWatch(GAP_MS);
  readonly #notices = new Notices('face-notices');
  readonly #video: HTMLVideoElement;
  readonly #stage: HTMLElement;
  readonly #pace: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #faces: FaceList;
  readonly #announcer: Announcer;
  readonly #camera = new DeviceChooser('videoinput', () => void this.panel.restart());
  readonly #pause: Pause;
  #paceShown = 0;
  /** The camera is there and sends nothing. */
  #muted = false;

  constructor(root: HTMLElement, readings: LiveReadings, onChange: () => void) {
    this.#readings = readings;
    this.#video = find(root, 'video', HTMLVideoElement);
    this.#stage = find(root, '[data-part="stage"]', HTMLElement);
    this.#pace = find(root, '[data-part="pace"]', HTMLElement);
    this.#empty = find(root, '[data-part="empty"]', HTMLElement);
    this.#faces = new FaceList(
      find(root, '[data-part="overlay"]', HTMLElement),
      find(root, '[data-part="cards"]', HTMLElement),
    );
    this.#announcer = new Announcer(find(root, '[data-part="live"]', HTMLElement));
    this.#pause = new Pause(root, 'face-pause', t('live.pausedFace'));
    const mirror = toggleButton('face-mirror', t('live.mirror'), true, (on) => { this.#mirror(on); });
    addTools(root, this.#camera.element, mirror, this.#pause.button, this.#pause.note, this.#notices.element);
    this.#mirror(true);
    this.panel = new Panel(root, (run) => this.#start(run), onChange);
    this.#idle();
  }

  async #start(run: Run): Promise<void> {
    const { scope } = run;
    scope.add(() => { this.#idle(); });
    run.say(t('panels.camera.waiting'));
    this.#explain('starting', t('panels.starting.title'), t('panels.starting.text'));
    // Side by side: the networks load while the visitor answers the browser's question.
    const camera = openCamera(scope, this.#video, run.fail, this.#camera.chosen, (muted) => { this.#mute(scope, muted); }).then(() => { this.#fitStage(); });
    const [mien] = await Promise.all([this.#engine.load(run.onProgress), camera]);
    if (scope.disposed()) return;
    if (!this.#muted) this.#searching();
    this.#followTools(scope);
    scope.listen(document, 'visibilitychange', () => { this.#comeAndGo(); });
    this.#read(run, mien);
  }

  #read(run: Run, mien: Mien): void {
    this.#gap.reset();
    runFrameLoop(
      run.scope,
      this.#video,
      () => this.#analyse(run, mien),
      (pace) => { this.#showPace(pace); },
      (error) => { void this.#recover(run, error); },
      () => this.#muted || document.hidden,
    );
  }

  async #analyse(run: Run, mien: Mien): Promise<void> {
    const picture = { width: this.#video.videoWidth, height: this.#video.videoHeight };
    if (this.#gap.passed()) this.#forget();
    const read = await mien.analyseFaces(this.#video, { maxFaces: MAX_FACES, track: true });
    if (run.scope.disposed() || this.#pause.paused || this.#muted || document.hidden) return;
    const faces = this.#readings.adjustFaces(this.#ids.name(mien, read)).map(asShown);
    this.#empty.hidden = faces.length > 0;
    this.#faces.show(faces, picture, { width: this.#stage.clientWidth, height: this.#stage.clientHeight });
    this.#announcer.say(summary(faces), run.scope);
    this.#readings.publishFaces({ time: Date.now(), faces });
  }

  /** Camera and session go on while the networks are loaded again. */
  async #recover(run: Run, error: unknown): Promise<void> {
    const { scope } = run;
    this.#forget();
    this.#explain('starting', t('panels.starting.title'), t('recovery.restarting'));
    if (hasEnded(error)) this.#notices.show('ended', t('recovery.restarting'), scope);
    try {
      const mien = await this.#recovery.renew(scope, error, () => undefined);
      if (scope.disposed()) return;
      this.#notices.tell('ended', renewedText(error), scope);
      this.#forget();
      this.#read(run, mien);
    } catch (failed) {
      run.fail(failed);
    }
  }

  #mute(scope: Scope, muted: boolean): void {
    if (muted === this.#muted) return;
    this.#muted = muted;
    this.#forget();
    if (muted) {
      this.#notices.show('muted', t('recovery.muted.camera'), scope);
      this.#explain('muted', t('recovery.muted.title'), t('recovery.muted.text'));
    } else {
      this.#notices.hide('muted');
      this.#searching();
    }
  }

  /** Nobody is read while the tab is out of sight, and what was read before is not what is in view after. */
  #comeAndGo(): void {
    this.#forget();
    // Some browsers stop the picture of a tab in the background and leave it so.
    if (!document.hidden && !this.#pause.paused) this.#video.play().catch(() => undefined);
  }

  /** Shows no reading any more, until the next one. */
  #forget(): void {
    this.#faces.clear();
    this.#readings.publishEnd('face');
    if (!this.#muted) this.#searching();
  }

  #followTools(scope: Scope): void {
    const { srcObject } = this.#video;
    this.#camera.follow(scope, srcObject instanceof MediaStream ? srcObject.getVideoTracks()[0] : undefined);
    this.#pause.follow(scope, (paused) => {
      if (paused) this.#video.pause();
      else this.#video.play().catch(() => undefined); // refused only when the stream has just ended, which is told elsewhere
    });
  }

  #mirror(mirrored: boolean): void {
    this.#stage.dataset.mirrored = String(mirrored);
    this.#video.setAttribute('aria-label', t(mirrored ? 'live.mirrored' : 'live.unmirrored'));
    this.#faces.mirrored = mirrored;
  }

  /** Gives the stage the shape of the camera's picture, so that nothing of it is cut off. */
  #fitStage(): void {
    const { videoWidth, videoHeight } = this.#video;
    if (videoWidth > 0 && videoHeight > 0) this.#stage.style.aspectRatio = `${videoWidth} / ${videoHeight}`;
  }

  #showPace(pace: Pace): void {
    const now = performance.now();
    if (now - this.#paceShown < PACE_EVERY_MS) return;
    this.#paceShown = now;
    this.#pace.dataset.perSecond = pace.perSecond.toFixed(2);
    this.#pace.dataset.latencyMs = pace.latencyMs.toFixed(1);
    this.#pace.dataset.tempo = pace.tempo;
    const words = t('panels.face.pace', { rate: decimal(pace.perSecond, pace.perSecond < 9.95 ? 1 : 0), latency: milliseconds(pace.latencyMs) });
    setText(this.#pace, pace.tempo === 'full' ? words : `${words} · ${t(`panels.face.tempo.${pace.tempo}`)}`);
  }

  #searching(): void {
    this.#explain('no-face', t('panels.no-face.title'), t('panels.no-face.text'));
  }

  /** Says in place of the cards why there are none. */
  #explain(reason: 'off' | 'starting' | 'no-face' | 'muted', title: string, text: string): void {
    this.#empty.hidden = false;
    this.#empty.dataset.reason = reason;
    setText(find(this.#empty, '.empty-title', HTMLElement), title);
    setText(find(this.#empty, '.empty-text', HTMLElement), text);
  }

  #idle(): void {
    this.#muted = false;
    this.#faces.clear();
    this.#readings.publishEnd('face');
    this.#stage.style.aspectRatio = '';
    setText(this.#pace, '');
    this.#explain('off', t('panels.off.title'), t('panels.off.text'));
  }
}

/** What a screen reader says: whole words, no numbers that change with every picture. */
function summary(faces: readonly Face[]): string {
  if (faces.length === 0) return t('panels.face.none');
  const readings = faces.map((face) => {
    const parts = [face.emotion && title(face.emotion.label), face.age && decade(face)];
    return parts.filter(Boolean).join(', ');
  });
  return t('panels.face.summary', { faces: count(faces.length, t('panels.face.one'), t('panels.face.many')), readings: readings.join('; ') });
}

/** The age rounded to ten years, so that a steady face is announced once. */
function decade(face: Face): string {
  return face.age ? years({ ...face.age, years: Math.round(face.age.years / 10) * 10 }) : '';
}
