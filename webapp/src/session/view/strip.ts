/** Under the live views: the record button, and the timeline as it grows. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import type { Scope } from '../../ui/scope';
import type { Recorder } from '../recorder';
import type { Session } from '../session';
import { COMPACT } from './painter';
import { PaletteProbe } from './palette';
import { RecordControl } from './record-control';
import { Timeline } from './timeline';

export class Strip {
  readonly element: HTMLElement;
  readonly control: RecordControl;

  constructor(scope: Scope, session: Session, recorder: Recorder) {
    this.control = new RecordControl(scope, session, recorder);
    const head = make('div', { class: 'strip-head' }, this.control.element, make('a', { class: 'btn btn-quiet btn-sm', href: '#/session' }, t('session.open')));
    this.element = make('section', { class: 'box strip', 'aria-label': t('session.strip'), 'data-routes': 'face voice both', 'data-testid': 'session-strip', hidden: true }, head);
    const timeline = new Timeline(scope, session, new PaletteProbe(this.element), COMPACT, () => undefined);
    this.element.append(timeline.element);
    const show = (): void => { timeline.element.hidden = session.sampleCount === 0; };
    session.onChange(scope, show);
    scope.interval(show, 1000);
    show();
  }
}
