import type { LoadProgress, Task } from '../types';

/** The networks that have a part of their own to play, by the names of their folders. */

/** Finds the faces that the others read. */
export const DETECTOR = 'face-detector';

export const SPEECH = 'speech-emotion';

/** Of the networks that hear, it is the one that tells whether somebody speaks; it comes along with speech where the server has it. */
export const ACTIVITY = 'voice-activity';

/** A network, whether it can be asked for or comes along. */
export type ModelTask = NonNullable<LoadProgress['task']>;

export function readFaces(tasks: readonly Task[]): boolean {
  return tasks.some((task) => task.startsWith('face-'));
}

/** What is read of faces is read of those that the detector finds. */
export function withDetector(tasks: readonly Task[]): ModelTask[] {
  return readFaces(tasks) ? [DETECTOR, ...tasks] : [...tasks];
}
