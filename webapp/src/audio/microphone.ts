/// <reference types="vite/client" />
/** Opens the microphone as it is and delivers its samples at the device's own rate, until the scope ends. */

import { t } from '../i18n/i18n';
import { askForDevice } from '../live/device-chooser';
import { followMuted } from '../live/muted';
import { deviceLost, deviceProblem, Problem, requireDevices } from '../ui/problems';
import type { Scope } from '../ui/scope';
import workletUrl from './capture.worklet.ts?worker&url';

/**
 * The browser's own processing is made for calls: it removes exactly what a voice's emotion is read from (loudness,
 * noise-like breath), and the networks were trained on recordings without it.
 */
const WANTED: MediaTrackConstraints = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  channelCount: { ideal: 1 },
};

export interface Microphone {
  /** Samples per second. */
  readonly sampleRate: number;
  /** Of the device in use. */
  readonly track?: MediaStreamTrack | undefined;
}

/** Why a microphone that is still there delivers nothing: another program has it, or the browser has stopped its clock. */
export type Silenced = 'muted' | 'suspended';

/**
 * Asks for the microphone and calls `onSamples` with every block of samples in [-1, 1], one channel.
 *
 * @param onLost is called when the microphone goes away afterwards
 * @param deviceId of the microphone that the visitor took; null for the browser's choice
 * @param onSilenced is told when the microphone delivers nothing for now, and, with null, when it does again
 * @throws Problem saying what is wrong and what to do
 */
export async function openMicrophone(
  scope: Scope,
  onSamples: (samples: Float32Array) => void,
  onLost: (problem: Problem) => void,
  deviceId: string | null = null,
  onSilenced: (why: Silenced | null) => void = () => undefined,
): Promise<Microphone> {
  requireDevices('microphone');
  let stream: MediaStream;
  try {
    stream = await askForDevice('audio', WANTED, deviceId);
  } catch (error) {
    throw deviceProblem(error, 'microphone');
  }
  scope.stream(stream);
  const rate = stream.getAudioTracks()[0]?.getSettings().sampleRate;
  const context = scope.audio(new AudioContext(rate === undefined ? {} : { sampleRate: rate }));
  if (scope.disposed()) return { sampleRate: context.sampleRate };
  for (const track of stream.getAudioTracks()) scope.listen(track, 'ended', () => onLost(deviceLost('microphone')));
  try {
    await context.audioWorklet.addModule(workletUrl);
  } catch (error) {
    if (scope.disposed()) return { sampleRate: context.sampleRate };
    throw new Problem(
      'worklet-failed',
      t('problems.worklet'),
      t('problems.worklet.remedy'),
      { cause: error },
    );
  }
  if (scope.disposed()) return { sampleRate: context.sampleRate };
  connect(scope, context, stream, onSamples);
  await context.resume();
  followSilence(scope, context, stream, onSilenced);
  return { sampleRate: context.sampleRate, track: stream.getAudioTracks()[0] };
}

function connect(
  scope: Scope,
  context: AudioContext,
  stream: MediaStream,
  onSamples: (samples: Float32Array) => void,
): void {
  const source = context.createMediaStreamSource(stream);
  const capture = new AudioWorkletNode(context, 'mien-capture', { numberOfInputs: 1, numberOfOutputs: 1 });
  // Browsers only run what leads to the loudspeaker. The worklet writes nothing to its output, so nothing is heard.
  source.connect(capture).connect(context.destination);
  capture.port.onmessage = (event: MessageEvent<Float32Array>) => onSamples(event.data);
  scope.add(() => {
    capture.port.onmessage = null;
    capture.disconnect();
    source.disconnect();
  });
}

/** A context that the browser stopped (a call, a sleep, a tab in the background) is asked to go on, now and when the visitor is back. */
function followSilence(scope: Scope, context: AudioContext, stream: MediaStream, onSilenced: (why: Silenced | null) => void): void {
  let muted = false;
  let told: Silenced | null = null;
  const tell = (): void => {
    const why = muted ? 'muted' : context.state === 'running' ? null : 'suspended';
    if (why === told || scope.disposed()) return;
    told = why;
    onSilenced(why);
  };
  const resume = (): void => {
    if (context.state === 'running' || context.state === 'closed') return;
    // Refused while the page may not make sound; the next occasion comes with the visitor's return or click.
    context.resume().catch(() => undefined);
  };
  for (const track of stream.getAudioTracks()) {
    followMuted(scope, track, (now) => {
      muted = now;
      tell();
    });
  }
  scope.listen(context, 'statechange', () => {
    resume();
    tell();
  });
  scope.listen(document, 'visibilitychange', resume);
  scope.listen(document, 'pointerdown', resume);
}
