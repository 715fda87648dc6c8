/** Why a file could not be read, in words for its row. */
import { t, type MessageKey } from '../i18n/i18n';
import { Problem } from '../ui/problems';

export type FileProblem = 'empty' | 'unknown-type' | 'too-large' | 'too-long' | 'no-decode' | 'no-track' | 'unreadable';

/** A problem of one file; it never stops the others. */
export function fileProblem(code: FileProblem, values: Readonly<Record<string, string | number>> = {}): Problem {
  return new Problem(code, t(`files.problem.${code}` satisfies MessageKey, values), t(`files.remedy.${code}` satisfies MessageKey));
}
