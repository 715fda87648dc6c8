/** The microphone's panel: from pressing the button to what is shown, published and announced of a voice. */

import { Ear } from '../audio/ear';
import type { LiveUpdate } from '../audio/live_voice';
import { LiveVoice } from '../audio/live_voice';
import { openMicrophone, type Silenced } from '../audio/microphone';
import { t } from '../i18n/i18n';
import { DeviceChooser } from '../live/device-chooser';
import { GapWatch } from '../live/gap';
import { Notices } from '../live/notices';
import { Pause } from '../live/pause';
import type { LiveReadings } from '../live/readings';
import { addTools } from '../live/tools';
import type { LogMelInput } from '../contract/types';
import { SteadyReading } from '../speech/steady';
import type { Mien } from '../types';
import { Announcer } from './announcer';
import { find } from './dom';
import { Engine, hasEnded } from './engine';
import { title } from './format';
import { Panel, type Run } from './panel';
import { Problem } from './problems';
import { Recovery, renewedText } from './recovery';
import type { Scope } from './scope';
import { Spectrogram } from './spectrogram';
import { STATUS, VoiceView } from './voice-view';
import { Waveform } from './waveform';

const TASK = 'speech-emotion';

/** While nobody speaks, listeners are told so this often. */
const SILENCE_EVERY_SECONDS = 0.5;

/** Blocks come every few hundredths of a second; what lies on both sides of such a hole was not said in one breath. */
const GAP_MS = 5000;

export class VoicePanel {
  readonly panel: Panel;
  readonly #readings: LiveReadings;
  readonly #engine = new Engine([TASK]);
  readonly #recovery = new Recovery(this.#engine);
  readonly #gap = new GapWatch(GAP_MS);
  readonly #notices = new Notices('voice-notices');
  readonly #wavePlace: HTMLElement;
  readonly #view: VoiceView;
  #steady = new SteadyReading();
  #silenceTold = 0;
  readonly #announcer: Announcer;
  readonly #microphone = new DeviceChooser('audioinput', () => void this.panel.restart());
  readonly #pause: Pause;
  readonly #spectrogramPlace: HTMLElement;

  constructor(root: HTMLElement, readings: LiveReadings, onChange: () => void) {
    this.#readings = readings;
    this.#wavePlace = find(root, '[data-part="waveform"]', HTMLElement);
    this.#view = new VoiceView(root);
    this.#announcer = new Announcer(find(root, '[data-part="live"]', HTMLElement));
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
    this.#view.prepare(labelsOf(first));
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
    if (this.#view.status === 'off') this.#view.status = 'collecting';
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
    this.#view.nothing(status);
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
    this.#view.status = 'speaking';
    if (!update.voice?.emotion) return;
    this.#view.showPace(update.took, sampleRate);
    const steady = this.#steady.push(update.voice.emotion.probabilities, update.voice.end);
    const emotion = this.#readings.adjustVoice(steady, unsureBelow(mien));
    this.#view.show(emotion, update.voice.end);
    this.#readings.publishVoice({ time: Date.now(), voice: { ...update.voice, emotion } });
    this.#announcer.say(emotion.unsure ? t('unsure.voice') : t('panels.voice.sounds', { emotion: title(emotion.label) }), run.scope);
  }

  #silence(status: 'muted' | 'silent', run: Run): void {
    if (this.#view.status === status) return;
    this.#view.nothing(status);
    this.#announcer.say(STATUS[status], run.scope);
  }

  #idle(): void {
    this.#readings.publishEnd('voice');
    this.#view.off();
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
