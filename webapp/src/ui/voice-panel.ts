/** The voice view: live waveform, a bar per emotion, and a word on whether anybody speaks at all. */

import { Ear } from '../audio/ear';
import type { LiveUpdate } from '../audio/live_voice';
import { LiveVoice } from '../audio/live_voice';
import { openMicrophone, type Silenced } from '../audio/microphone';
import { t } from '../i18n/i18n';
import { certaintyOf } from '../live/certainty';
import { DeviceChooser } from '../live/device-chooser';
import { GapWatch } from '../live/gap';
import { Notices } from '../live/notices';
import { Pause } from '../live/pause';
import type { LiveReadings } from '../live/readings';
import { addTools } from '../live/tools';
import type { LogMelInput } from '../contract/types';
import { SteadyReading } from '../speech/steady';
import type { Categorical, Mien, Voice } from '../types';
import { Announcer } from './announcer';
import { Bars } from './bars';
import { find, setText } from './dom';
import { Engine, hasEnded } from './engine';
import { decimal, milliseconds, percent, sureness, title, word } from './format';
import { Panel, type Run } from './panel';
import { Problem } from './problems';
import { Recovery, renewedText } from './recovery';
import type { Scope } from './scope';
import { Spectrogram } from './spectrogram';
import { Waveform } from './waveform';

const TASK = 'speech-emotion';

/** While nobody speaks, listeners are told so this often. */
const SILENCE_EVERY_SECONDS = 0.5;

/** Blocks come every few hundredths of a second; what lies on both sides of such a hole was not said in one breath. */
const GAP_MS = 5000;

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
  readonly #recovery = new Recovery(this.#engine);
  readonly #gap = new GapWatch(GAP_MS);
  readonly #notices = new Notices('voice-notices');
  readonly #wavePlace: HTMLElement;
  readonly #status: HTMLElement;
  readonly #emotion: HTMLElement;
  readonly #word: HTMLElement;
  readonly #share: HTMLElement;
  readonly #card: HTMLElement;
  readonly #pace: HTMLElement;
  readonly #bars = new Bars('voice', t('panels.bars'));
  #steady = new SteadyReading();
  #silenceTold = 0;
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
    addTools(root, this.#microphone.element, this.#pause.button, this.#pause.note, this.#notices.element);
    this.panel = new Panel(root, (run) => this.#start(run), onChange);
    this.#idle();
  }

  async #start(run: Run): Promise<void> {
    const { scope } = run;
    scope.add(() => { this.#idle(); });
    run.say(t('panels.microphone.waiting'));
    const blocks: { push: (samples: Float32Array) => void } = { push: () => undefined };
    let ear: Ear | null = null;
    let silenced: Silenced | null = null;
    const onSilenced = (why: Silenced | null): void => {
      silenced = why;
      this.#tellSilenced(scope, why);
      this.#hearNothing(why === null ? 'collecting' : 'muted');
      ear?.again();
    };
    const [first, microphone] = await Promise.all([
      this.#engine.load(run.onProgress),
      openMicrophone(scope, (samples) => { blocks.push(samples); }, run.fail, this.#microphone.chosen, onSilenced),
    ]);
    if (scope.disposed()) return;
    this.#bars.prepare(labelsOf(first));
    const { sampleRate } = microphone;
    const waveform = new Waveform(scope, this.#wavePlace, sampleRate);
    const spectrogram = new Spectrogram(scope, this.#spectrogramPlace, speechInput(first), sampleRate);
    this.#microphone.follow(scope, microphone.track);
    const heard: Ear = new Ear(scope, first, (mien) => this.#listen(run, mien, sampleRate, heard));
    ear = heard;
    // What was said before a pause and what is said after it do not belong together.
    this.#pause.follow(scope, () => { heard.again(); });
    blocks.push = (samples) => {
      const gap = this.#gap.passed();
      if (this.#pause.paused || silenced !== null) return;
      if (gap) {
        this.#hearNothing('collecting');
        heard.again();
      }
      heard.push(samples);
      waveform.push(samples);
      spectrogram.push(samples);
    };
    this.#gap.reset();
    if (this.#status.dataset.status === 'off') this.#setStatus('collecting');
  }

  /** A stream that hears nothing of what was before it. */
  #listen(run: Run, mien: Mien, sampleRate: number, ear: Ear): LiveVoice {
    this.#steady = new SteadyReading(unsureBelow(mien));
    this.#silenceTold = 0;
    return new LiveVoice(
      mien.openVoice(sampleRate),
      sampleRate,
      (update) => { this.#update(update, mien, sampleRate, run); },
      (error) => { void this.#recover(run, error, ear); },
    );
  }

  /** Microphone and session go on while the networks are loaded again. */
  async #recover(run: Run, error: unknown, ear: Ear): Promise<void> {
    const { scope } = run;
    ear.lose();
    this.#hearNothing('collecting');
    if (hasEnded(error)) this.#notices.show('ended', t('recovery.restarting'), scope);
    try {
      const mien = await this.#recovery.renew(scope, error, () => undefined);
      if (scope.disposed()) return;
      this.#notices.tell('ended', renewedText(error), scope);
      ear.take(mien);
    } catch (failed) {
      run.fail(failed);
    }
  }

  #tellSilenced(scope: Scope, why: Silenced | null): void {
    if (why === null) this.#notices.hide('silenced');
    else this.#notices.show('silenced', t(why === 'muted' ? 'recovery.muted.microphone' : 'recovery.suspended'), scope);
  }

  /** Shows no reading any more, until the next one. */
  #hearNothing(status: 'collecting' | 'muted'): void {
    this.#setStatus(status);
    this.#clearReading();
    this.#readings.publishEnd('voice');
  }

  #update(update: LiveUpdate, mien: Mien, sampleRate: number, run: Run): void {
    if (run.scope.disposed() || update.decisions.length === 0) return;
    if (update.muted || !update.speaking) {
      this.#silence(update.muted ? 'muted' : 'silent', run);
      if (update.seconds - this.#silenceTold < SILENCE_EVERY_SECONDS) return;
      this.#silenceTold = update.seconds;
      this.#readings.publishVoice({ time: Date.now(), voice: { speech: false, emotion: null, start: 0, end: update.seconds } });
      return;
    }
    this.#setStatus('speaking');
    if (!update.voice?.emotion) return;
    this.#showPace(update.took, sampleRate);
    const steady = this.#steady.push(update.voice.emotion.probabilities, update.voice.end);
    const emotion = this.#readings.adjustVoice(steady, unsureBelow(mien));
    this.#show({ ...update.voice, emotion }, emotion, run);
  }

  #show(voice: Voice, emotion: Categorical, run: Run): void {
    const { label, probabilities, unsure } = emotion;
    const share = probabilities[label] ?? 0;
    this.#card.dataset.emotion = unsure ? '' : label;
    this.#card.dataset.certainty = certaintyOf(emotion);
    this.#card.dataset.heardUntil = voice.end.toFixed(3);
    this.#emotion.dataset.value = label;
    this.#emotion.dataset.unsure = String(unsure ?? false);
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#word, unsure ? t('unsure.word') : title(label));
    setText(this.#share, unsure ? t('unsure.maybe', { label: word(label), share: percent(share) }) : unsure === undefined ? sureness(share) : percent(share));
    this.#bars.show(probabilities, label);
    this.#readings.publishVoice({ time: Date.now(), voice });
    this.#announcer.say(unsure ? t('unsure.voice') : t('panels.voice.sounds', { emotion: title(label) }), run.scope);
  }

  #silence(status: 'muted' | 'silent', run: Run): void {
    if (this.#status.dataset.status === status) return;
    this.#setStatus(status);
    this.#clearReading();
    this.#announcer.say(STATUS[status], run.scope);
  }

  #clearReading(): void {
    delete this.#card.dataset.emotion;
    delete this.#card.dataset.certainty;
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
    setText(this.#pace, `${decimal(sampleRate / 1000, 1)}\u202fkHz · ${milliseconds(ms)}`);
  }

  #setStatus(status: Status): void {
    this.#status.dataset.status = status;
    setText(this.#status, STATUS[status]);
  }

  #idle(): void {
    this.#readings.publishEnd('voice');
    this.#setStatus('off');
    this.#clearReading();
    setText(this.#pace, '');
  }
}

function speechInput(mien: Mien): LogMelInput {
  const input = mien.specs[TASK]?.input;
  if (input?.kind === 'log-mel') return input;
  throw new Problem('spec-invalid', t('problems.no-window'), t('problems.no-window.remedy'));
}

/** The model's own threshold, if it has one. */
function unsureBelow(mien: Mien): number | undefined {
  const output = mien.specs[TASK]?.outputs.emotion;
  return output?.kind === 'categorical' ? output.unsure_below : undefined;
}

function labelsOf(mien: Mien): readonly string[] {
  const output = mien.specs[TASK]?.outputs.emotion;
  return output?.kind === 'categorical' ? output.labels : [];
}
