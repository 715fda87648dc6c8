/** The timeline: lanes on a canvas under a slider, which mouse, touch and keyboard move through the session. */

import { t } from '../../i18n/i18n';
import { make, setText } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import { spoken } from '../at';
import type { Session } from '../session';
import { followGestures } from './gestures';
import { drawn, heightOf, paint, placeOf, type Lanes } from './painter';
import type { Palette, PaletteProbe } from './palette';
import { button } from './parts';
import { holding, movedTo, whole, zoomed, type Span } from './span';

/** A growing session is drawn so often: a sample comes every quarter of a second. */
const LIVE_MS = 500;

const SECOND = 1000;
const ZOOM_STEP = 1.6;
const PAGE_SHARE = 0.1;

export class Timeline {
  readonly element: HTMLElement;
  readonly #stage = make('div', { class: 'timeline-stage', role: 'slider', tabindex: 0, 'aria-orientation': 'horizontal', 'data-testid': 'timeline-slider' });
  readonly #canvas = make('canvas', { class: 'timeline-canvas', 'aria-hidden': 'true' });
  readonly #line = make('div', { class: 'timeline-cursor', 'aria-hidden': 'true' });
  readonly #scroll = make('input', { type: 'range', class: 'timeline-scroll form-range', 'aria-label': t('timeline.scroll'), 'data-testid': 'timeline-scroll', hidden: true });
  /** Null: the whole session, however long it grows. */
  #span: Span | null = null;
  #cursor = 0;
  /** The cursor keeps to the end while the session grows. */
  #follows = true;
  #asked = false;

  /** `onCursor` is called after every move of the cursor. */
  constructor(
    private readonly scope: Scope,
    private readonly session: Session,
    private readonly probe: PaletteProbe,
    private readonly lanes: Lanes,
    private readonly onCursor: () => void,
  ) {
    this.#stage.setAttribute('aria-label', t('timeline.slider'));
    this.#stage.append(this.#canvas, this.#line);
    const controls = make(
      'div',
      { class: 'timeline-controls' },
      make('span', { class: 'timeline-hint' }, t('timeline.hint')),
      button(t('timeline.zoomIn'), 'timeline-zoom-in', () => { this.#zoom(1 / ZOOM_STEP, this.#cursor); }),
      button(t('timeline.zoomOut'), 'timeline-zoom-out', () => { this.#zoom(ZOOM_STEP, this.#cursor); }),
      button(t('timeline.whole'), 'timeline-whole', () => { this.#show(null); }),
      button(t('timeline.end'), 'timeline-end', () => { this.follow(); }),
    );
    this.element = make('div', { class: 'timeline' }, this.#stage, this.#scroll, controls);
    this.#listen();
    this.#draw();
  }

  /** Where the cursor is, in milliseconds since the zero. */
  get cursor(): number {
    return this.#cursor;
  }

  get span(): Span {
    return this.#span ?? whole(this.session.durationMs);
  }

  /** Puts the cursor to a time, and shows that part. */
  goTo(ms: number): void {
    const length = this.session.durationMs;
    this.#cursor = Math.min(Math.max(0, Math.round(ms)), length);
    this.#follows = this.#cursor >= length;
    if (this.#span) this.#span = holding(this.#span, this.#cursor, length);
    this.#tell();
    this.#ask();
    this.onCursor();
  }

  /** Puts the cursor to the end and keeps it there. */
  follow(): void {
    this.goTo(this.session.durationMs);
  }

  #listen(): void {
    const { scope } = this;
    scope.resize(this.#stage, () => { this.#draw(); });
    scope.listen(window.matchMedia('(prefers-color-scheme: dark)'), 'change', () => { this.#ask(); });
    this.session.onChange(scope, () => { this.#ask(); });
    let drawnSamples = -1;
    scope.interval(() => {
      if (this.session.sampleCount === drawnSamples || !this.element.checkVisibility()) return;
      drawnSamples = this.session.sampleCount;
      this.#draw();
      if (this.#follows) this.onCursor();
    }, LIVE_MS);
    scope.listen(this.#scroll, 'input', () => { this.#show(movedTo(this.span, this.#scroll.valueAsNumber, this.session.durationMs)); });
    scope.listen<KeyboardEvent>(this.#stage, 'keydown', (event) => { this.#key(event); });
    const timeAt = (x: number): number => this.span.from + (x / this.#stage.clientWidth) * (this.span.to - this.span.from);
    followGestures(scope, this.#stage, {
      onScrub: (x) => {
        this.#stage.focus({ preventScroll: true });
        this.goTo(timeAt(Math.min(Math.max(0, x), this.#stage.clientWidth)));
      },
      onZoom: (factor, x) => { this.#zoom(factor, timeAt(x)); },
      onPan: (pixels) => {
        if (!this.#span) return false;
        const { from, to } = this.#span;
        this.#show(movedTo(this.#span, from + (pixels / this.#stage.clientWidth) * (to - from), this.session.durationMs));
        return true;
      },
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(SECOND, PAGE_SHARE * (this.span.to - this.span.from));
    const step = event.shiftKey ? 10 * SECOND : SECOND;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => { this.goTo(this.#cursor - step); },
      ArrowDown: () => { this.goTo(this.#cursor - step); },
      ArrowRight: () => { this.goTo(this.#cursor + step); },
      ArrowUp: () => { this.goTo(this.#cursor + step); },
      PageDown: () => { this.goTo(this.#cursor - page); },
      PageUp: () => { this.goTo(this.#cursor + page); },
      Home: () => { this.goTo(0); },
      End: () => { this.follow(); },
      '+': () => { this.#zoom(1 / ZOOM_STEP, this.#cursor); },
      '-': () => { this.#zoom(ZOOM_STEP, this.#cursor); },
      '0': () => { this.#show(null); },
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined;
    if (!action) return;
    event.preventDefault();
    action();
  }

  #zoom(factor: number, at: number): void {
    const length = this.session.durationMs;
    const span = zoomed(this.span, factor, at, length);
    this.#show(span.to - span.from >= whole(length).to ? null : span);
  }

  #show(span: Span | null): void {
    this.#span = span;
    this.#ask();
  }

  /** Draws soon, and once for all that asked. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.scope.timeout(() => {
      this.#asked = false;
      this.#draw();
    }, 0);
  }

  #draw(): void {
    const width = this.#stage.clientWidth;
    const length = this.session.durationMs;
    // After another session was opened or this one deleted, neither the cursor nor the part shown may lie beyond its end.
    if (this.#follows || this.#cursor > length) this.#cursor = length;
    if (this.#span && this.#span.to > whole(length).to) this.#span = null;
    if (this.#span && this.#follows) this.#span = holding(this.#span, length, length);
    this.#showState(length);
    if (width === 0) return;
    const height = heightOf(drawn(this.session).length, this.lanes);
    const ratio = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    this.#canvas.style.height = `${height}px`;
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.scale(ratio, ratio);
    paint(context, this.session, this.span, width, this.lanes, this.palette());
    const x = placeOf(this.#cursor, this.span, width);
    this.#line.hidden = x < 0 || x > width + 1;
    this.#line.style.transform = `translateX(${Math.min(x, width - 2).toFixed(1)}px)`;
  }

  palette(): Palette {
    return this.probe.read();
  }

  #showState(length: number): void {
    const stage = this.#stage;
    stage.setAttribute('aria-valuemin', '0');
    stage.setAttribute('aria-valuemax', String(Math.round(length / SECOND)));
    stage.dataset.from = String(Math.round(this.span.from));
    stage.dataset.to = String(Math.round(this.span.to));
    stage.dataset.lanes = String(drawn(this.session).length);
    // While it has the focus and the session grows, a screen reader would read every change: it is told on keys only.
    if (document.activeElement !== stage || !stage.hasAttribute('aria-valuetext')) this.#tell();
    const { from, to } = this.span;
    this.#scroll.hidden = this.#span === null;
    this.#scroll.min = '0';
    this.#scroll.max = String(Math.max(0, whole(length).to - (to - from)));
    this.#scroll.step = 'any';
    this.#scroll.value = String(from);
  }

  #tell(): void {
    this.#stage.setAttribute('aria-valuenow', String(Math.round(this.#cursor / SECOND)));
    this.#stage.setAttribute('aria-valuetext', spoken(this.session, this.#cursor));
    this.#stage.dataset.cursor = String(this.#cursor);
  }
}

/** Sets the words of the legend: a swatch and a name for every label in the session. */
export function showLegend(list: HTMLElement, session: Session, name: (label: string) => string): void {
  const labels = [...new Set(drawn(session).flatMap(({ series }) => series.labels))];
  if (list.dataset.labels === labels.join()) return;
  list.dataset.labels = labels.join();
  list.replaceChildren(
    ...labels.map((label) => {
      const words = make('span', {});
      setText(words, name(label));
      return make('li', {}, make('span', { class: 'swatch', 'data-emotion': label, 'aria-hidden': 'true' }), words);
    }),
  );
}
