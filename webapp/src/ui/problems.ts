/**
 * Everything that can go wrong, in words: what happened and what to do about it. The codes are stable; tests and
 * readers of the page's HTML may rely on them.
 */

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
    throw new Problem(
      'insecure-context',
      `Browsers lend the ${device} to secure pages only, and this one came over plain http.`,
      'Open it as http://localhost on the machine that serves it, or start the server with --https and use https://.',
    );
  }
  throw new Problem(
    'unsupported',
    `This browser cannot reach a ${device}.`,
    'Use a current Chrome, Edge, Firefox or Safari.',
  );
}

/** Turns what `getUserMedia` rejects with into a problem. */
export function deviceProblem(error: unknown, device: Device): Problem {
  const name = error instanceof DOMException || error instanceof Error ? error.name : '';
  const options = { cause: error };
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return new Problem(
        'permission-refused',
        `Permission to use the ${device} was refused.`,
        `Allow the ${device} for this page (the icon left of the address; on some machines also in the system’s privacy settings), then try again.`,
        options,
      );
    case 'NotFoundError':
    case 'OverconstrainedError':
      return new Problem(
        device === 'camera' ? 'no-camera' : 'no-microphone',
        `No ${device} was found.`,
        `Connect a ${device}, or switch it on, then try again.`,
        options,
      );
    case 'NotReadableError':
    case 'AbortError':
      return new Problem(
        device === 'camera' ? 'camera-busy' : 'microphone-busy',
        `The ${device} is there but cannot be opened.`,
        'Another program is probably using it: close that program (a call, another tab), then try again.',
        options,
      );
    default:
      return new Problem(
        'device-failed',
        `The ${device} could not be opened (${describe(error)}).`,
        'Unplug and reconnect it or restart the browser, then try again.',
        options,
      );
  }
}

/** The device went away while in use. */
export function deviceLost(device: Device): Problem {
  return new Problem(
    `${device}-lost`,
    `The ${device} stopped delivering.`,
    'It was unplugged, switched off or taken away from this page. Reconnect it, then try again.',
  );
}

/** Any failure as a problem: ours unchanged, the library's with its own hint, the rest named as unexpected. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof MienError) {
    return new Problem(error.code, sentence(error.message), sentence(error.hint), { cause: error });
  }
  return new Problem(
    'unexpected',
    `Something unexpected went wrong: ${describe(error)}.`,
    'Try again; if it stays, reload the page.',
    { cause: error },
  );
}

function describe(error: unknown): string {
  if (error instanceof Error || error instanceof DOMException) return error.message || error.name;
  return String(error);
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return trimmed === '' || /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
