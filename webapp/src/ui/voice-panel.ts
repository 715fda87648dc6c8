/** The voice view: live waveform, a bar per emotion, and a word on whether anybody speaks at all. */

import { openMicrophone } from '../audio/microphone';
import { SampleRing } from '../audio/ring';
import { Smoother } from '../audio/smoother';
import { t } from '../i18n/i18n';
import { DeviceChooser } from '../live/device-chooser';
import { Pause } from '../live/pause';
import type { LiveReadings } from '../live/readings';
import { addTools } from '../live/tools';
import type { LogMelInput } from '../contract/types';
import type { Mien, Voice } from '../types';
import { Announcer } from './announcer';
import { Bars } from './bars';
import { find, setText } from './dom';
import { Engine } from './engine';
import { decimal, milliseconds, sureness, title } from './format';
import { Panel, type Run } from './panel';
import { Problem } from './problems';
import { Spectrogram } from './spectrogram';
import { Waveform } from './waveform';

const TASK = 'speech-emotion';
const ANALYSE_EVERY_MS = 500;

/** With less sound than this nothing is read: a syllable says little. */
const MIN_SECONDS = 1;

/** How much the newest window counts; windows overlap by more than half, so they agree on much already. */
const NEWEST_SHARE = 0.5;

type Status = 'off' | 'collecting' | 'muted' | 'silent' | 'speaking';

const STATUS: Record<Status, string> = {
  off: t('panels.voice.off'),
  collecting: t('panels.voice.collecting'),
  muted: t('panels.voice.muted'),
  silent: t('panels.voice.silent'),
  speaking: t('panels.voice.speaking'),
};

export class VoicePanel {
  readonly panel: Panel;
  readonly #readings: LiveReadings;
  readonly #engine = new Engine([TASK]);
  readonly #wavePlace: HTMLElement;
  readonly #status: HTMLElement;
  readonly #emotion: HTMLElement;
  readonly #word: HTMLElement;
  readonly #share: HTMLElement;
  readonly #card: HTMLElement;
  readonly #pace: HTMLElement;
  readonly #bars = new Bars('voice', t('panels.bars'));
  readonly #smoother = new Smoother(NEWEST_SHARE);
  readonly #announcer: Announcer;
  readonly #microphone = new DeviceChooser('audioinput', () => void this.panel.restart());
  readonly #pause: Pause;
  readonly #spectrogramPlace: HTMLElement;

  constructor(root: HTMLElement, readings: LiveReadings, onChange: () => void) {
    this.#readings = readings;
    this.#wavePlace = find(root, '[data-part="waveform"]', HTMLElement);
    this.#status = find(root, '[data-part="status"]', HTMLElement);
    this.#emotion = find(root, '[data-part="emotion"]', HTMLElement);
    this.#word = find(this.#emotion, '.reading-word', HTMLElement);
    this.#share = find(this.#emotion, '.reading-share', HTMLElement);
    this.#card = find(root, '[data-part="card"]', HTMLElement);
    this.#pace = find(root, '[data-part="pace"]', HTMLElement);
    this.#announcer = new Announcer(find(root, '[data-part="live"]', HTMLElement));
    find(root, '[data-part="bars"]', HTMLElement).append(this.#bars.element);
    this.#spectrogramPlace = Spectrogram.placeAfter(find(root, '[data-part="stage"]', HTMLElement));
    this.#pause = new Pause(root, 'voice-pause', t('live.pausedVoice'));
    addTools(root, this.#microphone.element, this.#pause.button, this.#pause.note);
    this.panel = new Panel(root, (run) => this.#start(run), onChange);
    this.#idle();
  }

  async #start(run: Run): Promise<void> {
    const { scope } = run;
    scope.add(() => { this.#idle(); });
    run.say(t('panels.microphone.waiting'));
    const blocks: { push: (samples: Float32Array) => void } = { push: () => undefined };
    const [mien, microphone] = await Promise.all([
      this.#engine.load(run.onProgress),
      openMicrophone(scope, (samples) => { blocks.push(samples); }, run.fail, this.#microphone.chosen),
    ]);
    if (scope.disposed()) return;
    this.#bars.prepare(labelsOf(mien));
    const ring = new SampleRing(Math.round(speechInput(mien).window_seconds * microphone.sampleRate));
    const waveform = new Waveform(scope, this.#wavePlace, microphone.sampleRate);
    const spectrogram = new Spectrogram(scope, this.#spectrogramPlace, speechInput(mien), microphone.sampleRate);
    this.#microphone.follow(scope, microphone.track);
    // What was said before the pause and what is said after it do not belong together.
    this.#pause.follow(scope, () => { ring.clear(); });
    blocks.push = (samples) => {
      if (this.#pause.paused) return;
      ring.push(samples);
      waveform.push(samples);
      spectrogram.push(samples);
    };
    this.#setStatus('collecting');
    this.#analyseRegularly(run, mien, ring, microphone.sampleRate);
  }

  /** Analyses the last window twice a second; a turn is left out while the one before is not done. */
  #analyseRegularly(run: Run, mien: Mien, ring: SampleRing, sampleRate: number): void {
    let busy = false;
    run.scope.interval(() => {
      if (busy || ring.length < MIN_SECONDS * sampleRate) return;
      busy = true;
      this.#analyse(run, mien, ring.read(), sampleRate).then(
        () => (busy = false),
        (error: unknown) => {
          this.#engine.discard();
          run.fail(error);
        },
      );
    }, ANALYSE_EVERY_MS);
  }

  async #analyse(run: Run, mien: Mien, samples: Float32Array, sampleRate: number): Promise<void> {
    if (samples.every((sample) => sample === 0)) {
      this.#silence('muted', run);
      this.#readings.publishVoice({ time: Date.now(), voice: { speech: false, emotion: null, start: 0, end: samples.length / sampleRate } });
      return;
    }
    const start = performance.now();
    const voice = await mien.analyseSpeech(samples, sampleRate);
    if (run.scope.disposed() || this.#pause.paused) return;
    this.#showPace(performance.now() - start, sampleRate);
    this.#show(voice, run);
  }

  #show(voice: Voice, run: Run): void {
    if (!voice.speech || voice.emotion === null) {
      this.#silence('silent', run);
      this.#readings.publishVoice({ time: Date.now(), voice: { ...voice, speech: false, emotion: null } });
      return;
    }
    const smoothed = this.#smoother.push(voice.emotion.probabilities);
    const { label, probabilities } = this.#readings.adjustVoice({ label: highest(smoothed)[0], probabilities: smoothed });
    const share = probabilities[label] ?? 0;
    this.#setStatus('speaking');
    this.#card.dataset.emotion = label;
    this.#emotion.dataset.value = label;
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#word, title(label));
    setText(this.#share, sureness(share));
    this.#bars.show(probabilities);
    this.#readings.publishVoice({ time: Date.now(), voice: { ...voice, emotion: { label, probabilities } } });
    this.#announcer.say(t('panels.voice.sounds', { emotion: title(label) }), run.scope);
  }

  #silence(status: 'muted' | 'silent', run: Run): void {
    this.#smoother.reset();
    this.#setStatus(status);
    this.#clearReading();
    this.#announcer.say(STATUS[status], run.scope);
  }

  #clearReading(): void {
    delete this.#card.dataset.emotion;
    this.#emotion.dataset.value = '';
    this.#emotion.dataset.probability = '';
    setText(this.#word, '–');
    setText(this.#share, '');
    this.#bars.show(null);
  }

  #showPace(ms: number, sampleRate: number): void {
    this.#pace.dataset.latencyMs = ms.toFixed(1);
    setText(this.#pace, `${decimal(sampleRate / 1000, 1)}\u202fkHz · ${milliseconds(ms)}`);
  }

  #setStatus(status: Status): void {
    this.#status.dataset.status = status;
    setText(this.#status, STATUS[status]);
  }

  #idle(): void {
    this.#smoother.reset();
    this.#readings.publishEnd('voice');
    this.#setStatus('off');
    this.#clearReading();
    setText(this.#pace, '');
  }
}

function highest(probabilities: Readonly<Record<string, number>>): [label: string, share: number] {
  return Object.entries(probabilities).reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', -1]);
}

function speechInput(mien: Mien): LogMelInput {
  const input = mien.specs[TASK]?.input;
  if (input?.kind === 'log-mel') return input;
  throw new Problem('spec-invalid', t('problems.no-window'), t('problems.no-window.remedy'));
}

function labelsOf(mien: Mien): readonly string[] {
  const output = mien.specs[TASK]?.outputs.emotion;
  return output?.kind === 'categorical' ? output.labels : [];
}
