/** Opens the camera, shows it in a video element, and lets go of both when the scope ends. */

import { t } from '../i18n/i18n';
import { askForDevice } from '../live/device-chooser';
import { followMuted } from '../live/muted';
import { deviceLost, deviceProblem, Problem, requireDevices } from '../ui/problems';
import type { Scope } from '../ui/scope';

/** Wide enough for several faces at arm's length, small enough to be read quickly. */
const WANTED: MediaTrackConstraints = {
  facingMode: 'user',
  width: { ideal: 640 },
  height: { ideal: 480 },
  frameRate: { ideal: 30 },
};

/** A camera that gives no first picture within this time is reported instead of waited for. */
const FIRST_PICTURE_MS = 10_000;

/**
 * Asks for the camera and plays it in `video`. Resolves once the first picture is there.
 *
 * @param onLost is called when the camera goes away afterwards
 * @param deviceId of the camera that the visitor took; null for the browser's choice
 * @param onMuted is told when the camera stops sending pictures without having gone, and when it sends them again
 * @throws Problem saying what is wrong and what to do
 */
export async function openCamera(
  scope: Scope,
  video: HTMLVideoElement,
  onLost: (problem: Problem) => void,
  deviceId: string | null = null,
  onMuted: (muted: boolean) => void = () => undefined,
): Promise<void> {
  requireDevices('camera');
  let stream: MediaStream;
  try {
    stream = await askForDevice('video', WANTED, deviceId);
  } catch (error) {
    throw deviceProblem(error, 'camera');
  }
  scope.stream(stream);
  if (scope.disposed()) return;
  for (const track of stream.getVideoTracks()) {
    scope.listen(track, 'ended', () => onLost(deviceLost('camera')));
    followMuted(scope, track, onMuted);
  }
  video.srcObject = stream;
  scope.add(() => (video.srcObject = null));
  await firstPicture(scope, video);
}

function firstPicture(scope: Scope, video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const waiting = scope.child();
    waiting.listen(video, 'loadeddata', () => {
      waiting.dispose();
      resolve();
    });
    waiting.timeout(() => {
      waiting.dispose();
      reject(
        new Problem(
          'camera-dark',
          t('problems.dark'),
          t('problems.dark.remedy'),
        ),
      );
    }, FIRST_PICTURE_MS);
    // A scope that ends while we wait ends the waiting too; nobody is interested in the outcome any more.
    scope.signal.addEventListener('abort', () => resolve(), { once: true });
    video.play().catch(() => undefined); // muted and inline: refused only when the stream has just ended
  });
}
