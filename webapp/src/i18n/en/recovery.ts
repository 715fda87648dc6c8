/** What went wrong while it ran, and goes on by itself. */
export const recovery = {
  'recovery.restarting': 'The part of this page that computes has stopped. It is being started again.',
  'recovery.restarted': 'The part of this page that computes had stopped and was started again. Nothing of the recording is lost.',
  'recovery.restartedElsewhere':
    'The graphics processor was taken away from this page. The networks were started again on another engine. Nothing of the recording is lost.',
  'recovery.restartedRight':
    'A check found that the engine of before computes wrongly on this device. The networks now run on another one; do not rely on what was read before.',
  'recovery.muted.camera': 'The camera sends no picture for now: a call, a cover or a privacy switch may hold it. Reading goes on when it is back.',
  'recovery.muted.microphone': 'The microphone sends no sound for now: a call or a privacy switch may hold it. Reading goes on when it is back.',
  'recovery.muted.title': 'No picture for now',
  'recovery.muted.text': 'Faces get their cards here as soon as the camera sends pictures again.',
  'recovery.suspended': 'The browser has paused the sound. Reading goes on when it is back; a click into the page may help.',
  'recovery.slow': 'The network is slow; loading goes on.',
  'recovery.retrying': 'The connection broke off or is stuck; it is tried again.',
} as const;
