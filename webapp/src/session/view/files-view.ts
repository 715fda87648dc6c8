/** Export, import and deletion of the session. */

import { t } from '../../i18n/i18n';
import { make } from '../../ui/dom';
import { bytes } from '../../ui/format';
import { deliver, fileName, gather } from '../deliver';
import { MAX_FILE_BYTES } from '../limits';
import { FileFault } from '../place';
import { readSession } from '../read-json';
import type { Session } from '../session';
import { sessionCsv } from '../write-csv';
import { sessionJson } from '../write-json';
import { box, button, fileButton } from './parts';
import { sessionPicture } from './picture';
import type { StatusLine } from './status-line';
import type { Timeline } from './timeline';

export class FilesView {
  readonly element: HTMLElement;

  /** `onReplace` is called before another session takes this one's place. */
  constructor(
    private readonly session: Session,
    private readonly timeline: Timeline,
    private readonly status: StatusLine,
    private readonly onReplace: () => void,
    private readonly onReplaced: () => void,
  ) {
    this.element = box(
      t('session.take'),
      'take',
      make(
        'div',
        { class: 'button-row' },
        button(t('session.export.csv'), 'export-csv', () => void this.#export('csv')),
        button(t('session.export.json'), 'export-json', () => void this.#export('json')),
        button(t('session.export.png'), 'export-png', () => void this.#export('png')),
        fileButton(t('session.import'), 'import-session', (file) => void this.#import(file)),
        button(t('session.delete'), 'session-delete', () => { this.#delete(); }, 'btn btn-quiet btn-sm btn-delete'),
      ),
    );
  }

  async #export(ending: 'csv' | 'json' | 'png'): Promise<void> {
    const { session, timeline } = this;
    const makers = {
      csv: () => gather(sessionCsv(session), 'text/csv'),
      json: () => gather(sessionJson(session), 'application/json'),
      png: () => sessionPicture(session, timeline.span, timeline.palette()),
    };
    deliver(await makers[ending](), fileName('session', session.zero, ending));
  }

  async #import(file: File): Promise<void> {
    try {
      const content = readSession(file.name, await textOf(file));
      this.#replace(() => { this.session.replace(content); }, t('session.import.done', { file: file.name }));
    } catch (error) {
      this.status.failWith(error, t('session.unreadable', { file: file.name }), t('session.unreadable.remedy'));
    }
  }

  #delete(): void {
    this.#replace(() => { this.session.clear(); }, t('session.delete.done'));
  }

  #replace(change: () => void, text: string): void {
    this.onReplace();
    const before = this.session.snapshot();
    const was = !this.session.isEmpty;
    change();
    this.onReplaced();
    if (!was) {
      this.status.say(text);
      return;
    }
    this.status.offerUndo(text, () => {
      this.onReplace();
      this.session.replace(before);
      this.onReplaced();
      this.status.say(t('session.undo.done'));
    });
  }
}

/** The text of a file of bearable size. @throws FileFault where it is larger */
export async function textOf(file: File): Promise<string> {
  if (file.size <= MAX_FILE_BYTES) return file.text();
  throw new FileFault(t('session.tooLarge', { file: file.name, size: bytes(file.size), max: bytes(MAX_FILE_BYTES) }), t('session.tooLarge.remedy'));
}
