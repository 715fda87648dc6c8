/** Reads a film: its faces at a steady rate, by seeking, and the voice of its sound track. */
import type { Mien } from '../types';
import type { Scope } from '../ui/scope';
import { fileProblem } from './problem';
import { momentOf, subjectOf, type FileReading, type Moment, type Note, type Subject } from './results';
import { openSound, readVoice } from './sound';
import type { Step } from './step';
import { makeThumbnail } from './thumbnail';

/** Pictures that are read of each second of a film. */
export const FRAMES_PER_SECOND = 2;

const MAX_FACES = 8;

/** A picture that does not come within this time never will. */
const SEEK_MS = 20_000;

/** Of the work on a film, the share that goes to its pictures. */
const PICTURE_SHARE = 0.8;

/** Far behind the end of every film: a browser that is sent there learns how long the film is. */
const FAR = 1e9;

export interface FilmEngines {
  faces: () => Promise<Mien>;
  voice: () => Promise<Mien>;
}

/**
 * @throws Problem `no-decode`; `no-track` where there is neither picture nor sound
 */
export async function readFilm(file: File, engines: FilmEngines, step: Step): Promise<FileReading> {
  const notes: Note[] = [];
  const video = await openVideo(file, step.scope);
  const hasPictures = video.videoWidth > 0 && video.videoHeight > 0;
  const duration = await lengthOf(video, step.scope);
  if (duration === null && hasPictures) throw fileProblem('no-decode');
  const faces = hasPictures && duration !== null ? await readFaces(video, duration, engines, step) : null;
  if (faces?.subjects.length === 0) notes.push('no-face');
  closeVideo(video);
  const share = hasPictures ? PICTURE_SHARE : 0;
  const voice = await readTrack(file, engines, notes, { ...step, progress: (part) => { step.progress(share + (1 - share) * part); } });
  if (!hasPictures && voice === null) throw fileProblem('no-track');
  return {
    subjects: [...(faces?.subjects ?? []), ...(voice?.subjects ?? [])],
    notes,
    ...(faces && { size: faces.size }),
    ...(duration !== null && { duration }),
    ...(faces?.thumbnail && { thumbnail: faces.thumbnail }),
    ...(voice && { sampleRate: voice.sampleRate }),
  };
}

/** The times at which a film of this length is looked at, seconds. */
export function sampleTimes(duration: number): number[] {
  const count = Math.max(1, Math.ceil(duration * FRAMES_PER_SECOND));
  return Array.from({ length: count }, (_, index) => index / FRAMES_PER_SECOND);
}

interface FacesOfFilm {
  subjects: Subject[];
  size: { width: number; height: number };
  thumbnail: HTMLCanvasElement | null;
}

async function readFaces(video: HTMLVideoElement, duration: number, engines: FilmEngines, step: Step): Promise<FacesOfFilm> {
  const mien = await engines.faces();
  const size = { width: video.videoWidth, height: video.videoHeight };
  const byId = new Map<number, Moment[]>();
  let thumbnail: HTMLCanvasElement | null = null;
  let boxes = -1;
  const times = sampleTimes(duration);
  for (const [index, time] of times.entries()) {
    step.signal.throwIfAborted();
    await seek(video, Math.min(time, duration), step.scope);
    const faces = await mien.analyseFaces(video, { track: true, maxFaces: MAX_FACES, time });
    const end = Math.min(duration, time + 1 / FRAMES_PER_SECOND);
    for (const face of faces) {
      const moments = byId.get(face.id) ?? [];
      moments.push(momentOf(face, time, end));
      byId.set(face.id, moments);
    }
    if (faces.length > boxes) {
      boxes = faces.length;
      thumbnail = makeThumbnail(video, size, faces.map((face) => face.box));
    }
    step.progress((PICTURE_SHARE * (index + 1)) / times.length);
  }
  // Faces are numbered in the order of their coming.
  const subjects = [...byId.values()].map((moments, index) => subjectOf('face', index + 1, moments));
  return { subjects, size, thumbnail };
}

/** The voice of the sound track; null, and a note where it cannot be read. */
async function readTrack(file: File, engines: FilmEngines, notes: Note[], step: Step): Promise<{ subjects: Subject[]; sampleRate: number } | null> {
  const sound = await openSound(file).catch(() => null);
  step.signal.throwIfAborted();
  if (!sound) {
    notes.push('sound-unread');
    return null;
  }
  const moments = await readVoice(sound, await engines.voice(), step);
  const spoken = moments.some(({ emotion }) => emotion !== null);
  if (!spoken) notes.push('no-voice');
  if (sound.resampled) notes.push('sound-resampled');
  return { subjects: spoken ? [subjectOf('voice', 1, moments)] : [], sampleRate: sound.sampleRate };
}

/** A video element on the file, which the browser reads from the disk as it goes. */
async function openVideo(file: File, scope: Scope): Promise<HTMLVideoElement> {
  const url = URL.createObjectURL(file);
  scope.add(() => { URL.revokeObjectURL(url); });
  const video = document.createElement('video');
  scope.add(() => { closeVideo(video); });
  video.muted = true;
  video.preload = 'auto';
  video.playsInline = true;
  video.src = url;
  await happens(video, 'loadeddata', scope);
  return video;
}

/** Lets go of the decoder. */
function closeVideo(video: HTMLVideoElement): void {
  if (!video.hasAttribute('src')) return;
  video.removeAttribute('src');
  video.load();
}

/** Seconds; films that were recorded live say so only when one has been at their end. Null where none can be found. */
async function lengthOf(video: HTMLVideoElement, scope: Scope): Promise<number | null> {
  if (video.duration === Infinity) {
    video.currentTime = FAR;
    await happens(video, 'seeked', scope);
    if (!Number.isFinite(video.duration)) return video.currentTime > 0 && video.currentTime < FAR ? video.currentTime : null;
  }
  return Number.isFinite(video.duration) && video.duration > 0 ? video.duration : null;
}

async function seek(video: HTMLVideoElement, time: number, scope: Scope): Promise<void> {
  const ready = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
  if (ready && !video.seeking && Math.abs(video.currentTime - time) < 1e-3) return;
  const arrived = happens(video, 'seeked', scope);
  video.currentTime = time;
  await arrived;
}

/** @throws Problem `no-decode` where the film breaks, or nothing happens for long */
function happens(video: HTMLVideoElement, type: string, scope: Scope): Promise<void> {
  const inner = scope.child();
  return new Promise<void>((resolve, reject) => {
    inner.listen(scope.signal, 'abort', () => { reject(scope.signal.reason as Error); });
    inner.listen(video, type, () => { resolve(); });
    inner.listen(video, 'error', () => { reject(fileProblem('no-decode')); });
    inner.timeout(() => { reject(fileProblem('no-decode')); }, SEEK_MS);
  }).finally(() => { inner.dispose(); });
}
