/** What the page says to its service worker. Answers come through the port that is sent along. */
export type ToServiceWorker =
  /** Fetch all networks now, so that everything works offline; answered when that is done or has failed. */
  | { kind: 'prepare' }
  /** Delete what earlier builds left, if no other page may still need it; answered when done. */
  | { kind: 'tidy' }
  /** Take over from the version before: the visitor has agreed to reload. */
  | { kind: 'take-over' };

export type FromServiceWorker = { ok: true } | { ok: false; reason: string };

/** The script of the service worker, beside index.html. */
export const SERVICE_WORKER_FILE = 'sw.js';
