/**
 * Everything that can go wrong, in words: what happened and what to do about it. The codes are stable; tests and
 * readers of the page's HTML may rely on them.
 */

import { t } from '../i18n/i18n';
import { MienError } from '../mien';

export type Device = 'camera' | 'microphone';

/** A failure that a visitor can understand. `what` says what happened, `remedy` what to do. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: string,
    readonly what: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(`${what} ${remedy}`, options);
  }
}

/** Throws where the browser offers no media devices at all, which is so on every page opened over plain http. */
export function requireDevices(device: Device): void {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (window.isSecureContext && devices !== undefined && typeof devices.getUserMedia === 'function') return;
  if (!window.isSecureContext) {
    throw new Problem('insecure-context', t(`problems.insecure.${device}`), t('problems.insecure.remedy'));
  }
  throw new Problem('unsupported', t(`problems.unsupported.${device}`), t('problems.unsupported.remedy'));
}

/** Turns what `getUserMedia` rejects with into a problem. */
export function deviceProblem(error: unknown, device: Device): Problem {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  const options = { cause: error };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new Problem('permission-refused', t(`problems.refused.${device}`), t(`problems.refused.${device}.remedy`), options);
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new Problem(`no-${device}`, t(`problems.none.${device}`), t(`problems.none.${device}.remedy`), options);
    case 'NotReadableError':
    case 'AbortError':
      return new Problem(`${device}-busy`, t(`problems.busy.${device}`), t('problems.busy.remedy'), options);
    default: {
      const reason = describe(error);
      return new Problem('device-failed', t(`problems.failed.${device}`, { reason }), t('problems.failed.remedy'), options);
    }
  }
}

/** The device went away while in use. */
export function deviceLost(device: Device): Problem {
  return new Problem(`${device}-lost`, t(`problems.lost.${device}`), t('problems.lost.remedy'));
}

/** Any failure as a problem: ours unchanged, the library's in the page's language with its own message, the rest named as unexpected. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const reason = describe(error);
  if (error instanceof MienError) {
    const key = `problems.${error.code}` as const;
    return new Problem(error.code, t(key, { reason }), t(`${key}.remedy`), { cause: error });
  }
  return new Problem('unexpected', t('problems.unexpected', { reason }), t('problems.unexpected.remedy'), { cause: error });
}

function describe(error: unknown): string {
  const text = error instanceof Error || error instanceof DOMException ? error.message || error.name : String(error);
  return text.trim().replace(/\.$/, ''); // it is set into a sentence
}
