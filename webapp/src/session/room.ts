/** The session's room: one session a page, who records it, keeps it, shows it, and corrects readings. */

import { CorrectionMenu } from '../correction/menu';
import { CorrectionsView } from '../correction/corrections-view';
import { Corrector } from '../correction/corrector';
import type { LiveReadings } from '../live/readings';
import { find } from '../ui/dom';
import { colourLabels } from '../ui/label-colours';
import type { Scope } from '../ui/scope';
import { Identities } from './identities';
import { Keeper } from './keeper';
import { Recorder } from './recorder';
import { Session } from './session';
import { SessionView } from './view/session-view';
import { Strip } from './view/strip';

export class SessionRoom {
  readonly session = new Session();
  readonly #identities = new Identities(this.session);
  /** To be given to the page's `LiveReadings`. */
  readonly corrector: Corrector;

  constructor(private readonly scope: Scope) {
    this.corrector = new Corrector(scope, this.session, this.#identities);
  }

  /** Puts the views into the page and listens to what is read. To be called before the router shows a view. */
  open(readings: LiveReadings): void {
    const { scope, session, corrector } = this;
    // A session from a file or from before may have labels of a model that is not there. First, so that views find them.
    session.onChange(scope, () => { for (const { series } of session.subjects) colourLabels(document, series.labels); });
    const recorder = new Recorder(scope, session, this.#identities, readings, () => {
      strip.control.show();
      view.control.show();
    });
    const keeper = new Keeper(scope, session, () => { view.keep.show(); });
    const root = find(document, '#session-view', HTMLElement);
    const view = new SessionView(scope, root, session, recorder, keeper);
    const strip = new Strip(scope, session, recorder);
    find(document, '.panels', HTMLElement).after(strip.element);
    find(root, '.session-foot', HTMLElement).append(new CorrectionsView(scope, session, corrector, view.status).element);
    new CorrectionMenu(scope, corrector, readings, find(document, '#face-panel', HTMLElement), find(document, '#voice-panel', HTMLElement));
    void keeper.restore();
  }
}
