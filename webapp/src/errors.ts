/** What went wrong, for programs. The message says what and where, `hint` says what to do. */
export type MienErrorCode =
  | 'model-missing'
  | 'model-corrupt'
  | 'spec-invalid'
  | 'backend-unavailable'
  /** The graphics processor was taken away while it computed. */
  | 'backend-lost'
  /** The golden vectors say that the backend does not compute what Python computed. */
  | 'backend-wrong'
  | 'bad-input'
  | 'no-decode'
  | 'disposed'
  | 'worker-failed';

/** The only error that Mien's promises reject with (apart from `AbortError` when a caller's signal aborts loading). */
export class MienError extends Error {
  readonly code: MienErrorCode;
  /** What the reader can do about it: one sentence, fit to be shown. */
  readonly hint: string;

  constructor(code: MienErrorCode, message: string, hint: string) {
    super(message);
    this.name = 'MienError';
    this.code = code;
    this.hint = hint;
  }
}
