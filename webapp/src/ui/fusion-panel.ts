/** Face and voice as one reading: the word, how much each counts, the rule, and the plane of valence and arousal. */
import { affectOf } from '../fusion/affect';
import { COMMON_LABELS } from '../fusion/labels';
import { LiveFusion, type Foreign, type FusedReading } from '../fusion/live';
import { t } from '../i18n/i18n';
import { certaintyOf } from '../live/certainty';
import type { LiveReadings } from '../live/readings';
import { AffectPlane } from './affect-plane';
import { Announcer } from './announcer';
import { Bars } from './bars';
import { make, setText } from './dom';
import { percent, sureness, title } from './format';
import type { Scope } from './scope';

/** As often as the eye can follow numbers; the readings come from 2 to 30 times a second. */
const SHOW_EVERY_MS = 125;

export class FusionPanel {
  readonly element: HTMLElement;
  readonly #readings: LiveReadings;
  readonly #fusion: LiveFusion;
  readonly #plane = new AffectPlane();
  readonly #bars = new Bars('fusion', t('fusion.bars'));
  readonly #word = make('span', { class: 'reading-word' });
  readonly #share = make('span', { class: 'reading-share' });
  readonly #emotion = make('p', { class: 'reading-main', 'data-testid': 'fusion-emotion' }, this.#word, ' ', this.#share);
  readonly #faceShare = make('span', { class: 'share-face', 'data-testid': 'fusion-face-share' });
  readonly #voiceShare = make('span', { class: 'share-voice', 'data-testid': 'fusion-voice-share' });
  readonly #balance = make('span', { class: 'share-fill' });
  readonly #note = make('p', { class: 'fusion-note', 'data-testid': 'fusion-note' });
  readonly #announcer: Announcer;
  readonly #start: HTMLButtonElement;
  #reads = false;

  /**
   * @param scope of the page
   * @param onStart starts camera and microphone
   */
  constructor(scope: Scope, readings: LiveReadings, onStart: () => void) {
    this.#readings = readings;
    this.#fusion = new LiveFusion(scope, readings);
    const live = make('p', { class: 'visually-hidden', 'aria-live': 'polite', 'data-testid': 'fusion-live' });
    this.#announcer = new Announcer(live);
    this.#start = make('button', { type: 'button', class: 'btn btn-mien', 'data-testid': 'both-start' }, t('fusion.startBoth'));
    this.#start.addEventListener('click', onStart);
    this.#bars.prepare(COMMON_LABELS);
    this.element = make(
      'section',
      { id: 'fusion-panel', class: 'fusion', 'data-testid': 'fusion-view', 'data-routes': 'both', 'data-state': 'idle', 'data-emotion': '', 'aria-labelledby': 'fusion-title', hidden: true },
      make(
        'div',
        { class: 'fusion-empty' },
        make('div', {}, make('p', { class: 'empty-title' }, t('fusion.empty')), make('p', { class: 'empty-text' }, t('fusion.emptyText'))),
        this.#start,
      ),
      make('div', { class: 'fusion-body' }, this.#reading(), this.#bars.element, this.#plane.element),
      rule(),
      live,
    );
    this.#clear();
    // The newest reading at a steady pace; what is not seen costs nothing.
    scope.interval(() => { if (!this.element.hidden) this.#show(scope); }, SHOW_EVERY_MS);
  }

  /** Whether anything is started that could be read. */
  get running(): boolean {
    return this.element.dataset.state === 'running';
  }

  set running(running: boolean) {
    this.element.dataset.state = running ? 'running' : 'idle';
    this.#clear();
  }

  #reading(): HTMLElement {
    return make(
      'div',
      { class: 'fusion-reading' },
      make('h2', { id: 'fusion-title', class: 'reading-name' }, t('fusion.title')),
      this.#emotion,
      make('p', { class: 'share-label', id: 'fusion-shares' }, t('fusion.shares')),
      make('div', { class: 'share-track', 'aria-hidden': 'true' }, this.#balance),
      make('p', { class: 'share-words', 'aria-labelledby': 'fusion-shares' }, this.#faceShare, this.#voiceShare),
      this.#note,
    );
  }

  #show(scope: Scope): void {
    const now = Date.now();
    const reading = this.#fusion.current(now);
    const foreign = this.#fusion.foreign(now);
    if (!reading) {
      if (this.#reads) this.#clear();
      const strange = foreign.face || foreign.voice;
      setText(this.#note, t(strange ? 'fusion.foreign' : 'fusion.waiting'));
      this.#plane.sayNothing(strange);
      return;
    }
    this.#reads = true;
    const { label, probabilities, shares } = reading;
    const share = probabilities[label];
    this.element.dataset.emotion = label;
    this.element.dataset.certainty = certaintyOf(reading);
    this.#emotion.dataset.value = label;
    this.#emotion.dataset.probability = share.toFixed(4);
    setText(this.#word, title(label));
    setText(this.#share, sureness(share));
    this.#bars.show(probabilities, label);
    this.#faceShare.dataset.value = shares.face.toFixed(4);
    this.#voiceShare.dataset.value = shares.voice.toFixed(4);
    setText(this.#faceShare, t('fusion.face', { share: percent(shares.face) }));
    setText(this.#voiceShare, t('fusion.voice', { share: percent(shares.voice) }));
    this.#balance.style.transform = `translateX(${(100 * (shares.face - 1)).toFixed(1)}%)`;
    setText(this.#note, noteOn(reading, foreign));
    this.#plane.show(affectOf(probabilities), label, performance.now());
    this.#readings.publishTogether({ time: Date.now(), emotion: { label, probabilities } });
    this.#announcer.say(t('fusion.announce', { label: title(label) }), scope);
  }

  #clear(): void {
    this.#reads = false;
    this.element.dataset.emotion = '';
    this.#emotion.dataset.value = '';
    setText(this.#word, '–');
    setText(this.#share, '');
    setText(this.#note, t('fusion.waiting'));
    setText(this.#faceShare, t('fusion.face', { share: '–' }));
    setText(this.#voiceShare, t('fusion.voice', { share: '–' }));
    this.#balance.style.transform = 'translateX(-100%)';
    this.#bars.show(null);
    this.#plane.clear();
  }
}

function noteOn({ shares, faces }: FusedReading, foreign: Foreign): string {
  if (foreign.face) return t('fusion.foreignFace');
  if (foreign.voice) return t('fusion.foreignVoice');
  if (shares.face === 0) return t('fusion.noFace');
  if (shares.voice === 0) return t('fusion.noVoice');
  return faces > 1 ? t('fusion.several') : '';
}

function rule(): HTMLElement {
  const parts = ['fusion.ruleCommon', 'fusion.ruleProduct', 'fusion.ruleWeights', 'fusion.ruleLimit'] as const;
  return make('details', { class: 'fusion-rule' }, make('summary', {}, t('fusion.rule')), ...parts.map((key) => make('p', {}, t(key))));
}
