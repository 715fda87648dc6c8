/** The session's own view. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import type { Keeper } from '../keeper';
import { labelName } from '../names';
import type { Recorder } from '../recorder';
import type { Session } from '../session';
import { CursorView } from './cursor-view';
import { FilesView } from './files-view';
import { KeepView } from './keep-view';
import { NotesView } from './notes-view';
import { ROOMY } from './painter';
import { PaletteProbe } from './palette';
import { box } from './parts';
import { RecordControl } from './record-control';
import { StatusLine } from './status-line';
import { SummaryView } from './summary-view';
import { showLegend, Timeline } from './timeline';

export class SessionView {
  readonly control: RecordControl;
  readonly keep: KeepView;
  readonly status: StatusLine;

  /** Fills `root`. */
  constructor(scope: Scope, root: HTMLElement, session: Session, recorder: Recorder, keeper: Keeper) {
    this.status = new StatusLine(scope);
    this.control = new RecordControl(scope, session, recorder);
    this.keep = new KeepView(keeper);
    const cursor = new CursorView();
    const showCursor = (): void => {
      cursor.show(session, timeline.cursor);
      notes.showCursor();
    };
    const timeline = new Timeline(scope, session, new PaletteProbe(root), ROOMY, showCursor);
    const notes = new NotesView(scope, session, timeline, this.status, () => recorder.isOn || session.zero === null);
    const summary = new SummaryView(scope, session, this.status);
    const files = new FilesView(session, timeline, this.status, () => { recorder.stop(); }, () => void keeper.save());
    const legend = make('ul', { class: 'legend list-unstyled', 'aria-label': t('timeline.legend'), 'data-testid': 'legend' });
    const timelineBox = box(t('timeline.title'), 'timeline', timeline.element, legend, cursor.element);
    const empty = emptyBox();
    const columns = make('div', { class: 'session-columns' }, notes.element, summary.element);
    root.append(
      make('header', { class: 'view-head' }, make('h1', { tabindex: -1 }, t('session.title')), make('p', {}, t('session.lead'))),
      make('div', { class: 'box record-box' }, this.control.element, this.status.element),
      empty,
      timelineBox,
      columns,
      make('div', { class: 'session-columns session-foot' }, files.element, this.keep.element),
    );
    const show = (): void => {
      empty.hidden = !session.isEmpty;
      timelineBox.hidden = session.sampleCount === 0;
      showLegend(legend, session, labelName);
      showCursor();
    };
    session.onChange(scope, show);
    scope.interval(() => { if (root.checkVisibility()) show(); }, 1000);
    show();
  }
}

function emptyBox(): HTMLElement {
  return make(
    'div',
    { class: 'empty session-empty', 'data-testid': 'session-empty' },
    make('p', { class: 'empty-title' }, t('session.empty.title')),
    make('p', { class: 'empty-text' }, t('session.empty.text')),
    make('p', { class: 'button-row mb-0' }, make('a', { class: 'btn btn-quiet btn-sm', href: '#/face' }, t('session.goFace')), make('a', { class: 'btn btn-quiet btn-sm', href: '#/voice' }, t('session.goVoice'))),
  );
}
