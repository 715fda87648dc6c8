/** What subjects and labels are called on the page. */

import { t } from '../i18n/i18n';
import { title } from '../ui/format';
import type { Kind, Subject } from './session';

const NAMES = { person: 'session.person', voice: 'session.voice', together: 'session.together' } as const satisfies Record<Kind, string>;

/** The visitor's name for the subject; "Person 2", "Voice" or "Voice 2" where there is none. */
export function subjectName({ name, kind, number }: Subject): string {
  if (name !== '') return name;
  return kind === 'person' || number > 1 ? `${t(NAMES[kind])} ${number}` : t(NAMES[kind]);
}

/** Labels come from the networks' specs, in English. */
export function labelName(label: string): string {
  return title(label);
}
