import type { Scope } from '../ui/scope';

/**
 * Tells when a track is muted and when it is not any more: a call takes the device, somebody closes a cover or moves a privacy
 * switch. The track has not ended then, it only sends nothing. A track that is muted from the start is told at once.
 */
export function followMuted(scope: Scope, track: MediaStreamTrack, onMuted: (muted: boolean) => void): void {
  scope.listen(track, 'mute', () => { onMuted(true); });
  scope.listen(track, 'unmute', () => { onMuted(false); });
  if (track.muted) onMuted(true);
}
