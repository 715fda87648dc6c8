/** The voice view: live waveform, a bar per emotion, and a word on whether anybody speaks at all. */

import { LiveVoice, type LiveUpdate } from '../audio/live_voice';
import { openMicrophone } from '../audio/microphone';
import { t } from '../i18n/i18n';
import type { LiveReadings } from '../live/readings';
import { SteadyReading } from '../speech/steady';
import type { Categorical, Mien, Voice } from '../types';
import { Announcer } from './announcer';
import { Bars } from './bars';
import { find, setText } from './dom';
import { Engine } from './engine';
import { percent, title } from './format';
import { Panel, type Run } from './panel';
import { Waveform } from './waveform';

const TASK = 'speech-emotion';

/** While nobody speaks, listeners are told so this often. */
const SILENCE_EVERY_SECONDS = 0.5;

type Status = 'off' | 'collecting' | 'muted' | 'silent' | 'speaking';

const STATUS: Record<Status, string> = {
  off: 'The microphone is off',
  collecting: 'Listening …',
  muted: 'Nobody is speaking: the microphone delivers no sound at all. Is it muted?',
  silent: 'Nobody is speaking',
  speaking: 'Somebody is speaking',
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
  readonly #bars = new Bars('voice', 'Probability of each emotion');
  #steady = new SteadyReading();
  #silenceTold = 0;
  readonly #announcer: Announcer;

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
    this.panel = new Panel(root, (run) => this.#start(run), onChange);
    this.#idle();
  }

  async #start(run: Run): Promise<void> {
    const { scope } = run;
    scope.add(() => { this.#idle(); });
    run.say('Waiting for the microphone');
    const blocks: { push: (samples: Float32Array) => void } = { push: () => undefined };
    const [mien, microphone] = await Promise.all([
      this.#engine.load(run.onProgress),
      openMicrophone(scope, (samples) => { blocks.push(samples); }, run.fail),
    ]);
    if (scope.disposed()) return;
    this.#bars.prepare(labelsOf(mien));
    this.#steady = new SteadyReading(unsureBelow(mien));
    this.#silenceTold = 0;
    const waveform = new Waveform(scope, this.#wavePlace, microphone.sampleRate);
    const live = new LiveVoice(
      mien.openVoice(microphone.sampleRate),
      microphone.sampleRate,
      (update) => { this.#update(update, microphone.sampleRate, run); },
      (error) => {
        this.#engine.discard();
        run.fail(error);
      },
    );
    scope.add(() => { live.end(); });
    blocks.push = (samples) => {
      live.push(samples);
      waveform.push(samples);
    };
    this.#setStatus('collecting');
  }

  #update(update: LiveUpdate, sampleRate: number, run: Run): void {
    if (run.scope.disposed() || update.decisions.length === 0) return;
    if (update.muted || !update.speaking) {
      this.#silence(update.muted ? 'muted' : 'silent', run);
      if (update.seconds - this.#silenceTold < SILENCE_EVERY_SECONDS) return;
      this.#silenceTold = update.seconds;
      this.#readings.publishVoice({ time: Date.now(), voice: { speech: false, emotion: null, start: 0, end: update.seconds } });
      return;
    }
    this.#setStatus('speaking');
    if (update.voice === null) return;
    this.#showPace(update.took, sampleRate);
    this.#show(update.voice, run);
  }

  #show(voice: Voice, run: Run): void {
    if (voice.emotion === null) return;
    const emotion = this.#steady.push(voice.emotion.probabilities, voice.end);
    const share = emotion.probabilities[emotion.label] ?? 0;
    this.#card.dataset.emotion = emotion.unsure ? '' : emotion.label;
    this.#card.dataset.heardUntil = voice.end.toFixed(3);
    this.#emotion.dataset.value = emotion.label;
    this.#emotion.dataset.unsure = String(emotion.unsure ?? false);
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#word, wordOf(emotion));
    setText(this.#share, emotion.unsure ? t('unsure.maybe', { label: title(emotion.label), share: percent(share) }) : percent(share));
    this.#bars.show(emotion.probabilities);
    this.#readings.publishVoice({ time: Date.now(), voice: { ...voice, emotion } });
    this.#announcer.say(`The voice sounds: ${wordOf(emotion)}.`, run.scope);
  }

  #silence(status: 'muted' | 'silent', run: Run): void {
    if (this.#status.dataset.status === status) return;
    this.#setStatus(status);
    this.#clearReading();
    this.#announcer.say(STATUS[status], run.scope);
  }

  #clearReading(): void {
    delete this.#card.dataset.emotion;
    delete this.#card.dataset.heardUntil;
    this.#emotion.dataset.value = '';
    this.#emotion.dataset.unsure = 'false';
    this.#emotion.dataset.probability = '';
    setText(this.#word, '–');
    setText(this.#share, '');
    this.#bars.show(null);
  }

  #showPace(ms: number, sampleRate: number): void {
    this.#pace.dataset.latencyMs = ms.toFixed(1);
    setText(this.#pace, `${(sampleRate / 1000).toFixed(1)}\u202fkHz · ${Math.round(ms)}\u202fms`);
  }

  #setStatus(status: Status): void {
    this.#status.dataset.status = status;
    setText(this.#status, STATUS[status]);
  }

  #idle(): void {
    this.#setStatus('off');
    this.#clearReading();
    setText(this.#pace, '');
  }
}

function wordOf(emotion: Categorical): string {
  return emotion.unsure ? t('unsure.word') : title(emotion.label);
}

function unsureBelow(mien: Mien): number {
  const output = mien.specs[TASK]?.outputs.emotion;
  return (output?.kind === 'categorical' ? output.unsure_below : undefined) ?? 0;
}

function labelsOf(mien: Mien): readonly string[] {
  const output = mien.specs[TASK]?.outputs.emotion;
  return output?.kind === 'categorical' ? output.labels : [];
}
