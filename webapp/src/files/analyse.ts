/** Reads a file of whatever kind, with models that are loaded when the first file needs them. */
import type { LoadProgress, Mien } from '../mien';
import { Engine, hasEnded } from '../ui/engine';
import { asProblem } from '../ui/problems';
import { sourceOf } from './bytes';
import { readFilm } from './film';
import { HEAD_BYTES, kindOf } from './kinds';
import { readPicture } from './picture';
import { fileProblem } from './problem';
import type { FileReading } from './results';
import { readSoundFile } from './sound';
import type { Step } from './step';

export class MediaReader {
  readonly #faces = new Engine(['face-emotion', 'face-age-gender']);
  readonly #voice = new Engine(['speech-emotion']);

  /** @param onLoading is told how far the models are while a file waits for them */
  constructor(private readonly onLoading: (progress: LoadProgress) => void) {}

  /** @throws Problem that says what is wrong with the file, or AbortError when it was cancelled */
  async read(file: File, step: Step): Promise<FileReading> {
    try {
      return await this.#read(file, step);
    } catch (error) {
      step.signal.throwIfAborted();
      // A worker that failed fails for one file; the next one gets a new worker.
      if (hasEnded(error)) {
        this.#faces.discard(error);
        this.#voice.discard(error);
      }
      throw error instanceof DOMException && error.name.startsWith('NotRead') ? fileProblem('unreadable') : asProblem(error);
    }
  }

  async #read(file: File, step: Step): Promise<FileReading> {
    if (file.size === 0) throw fileProblem('empty');
    const kind = kindOf(await sourceOf(file).read(0, HEAD_BYTES), file.name, file.type);
    const faces = (): Promise<Mien> => this.#faces.load(this.onLoading);
    const voice = (): Promise<Mien> => this.#voice.load(this.onLoading);
    switch (kind) {
      case 'picture':
        return readPicture(file, await faces(), step);
      case 'film':
        return readFilm(file, { faces, voice }, step);
      case 'sound':
        return readSoundFile(file, await voice(), step);
      case null:
        throw fileProblem('unknown-type');
    }
  }
}
