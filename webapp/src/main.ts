/** The page: theme, background, views. It uses Mien through its public API, as any other page would. */

import { startBackground } from './ui/background';
import { find } from './ui/dom';
import { FacePanel } from './ui/face-panel';
import { startRouter } from './ui/router';
import { Scope } from './ui/scope';
import { followTheme } from './ui/theme';
import { VoicePanel } from './ui/voice-panel';

const page = new Scope();
followTheme(page);
startBackground(page, find(document, '#background', HTMLElement));

const face = new FacePanel(find(document, '#face-panel', HTMLElement)).panel;
const voice = new VoicePanel(find(document, '#voice-panel', HTMLElement)).panel;

startRouter(page, () => {
  // A device is on only while its panel can be seen.
  for (const panel of [face, voice]) {
    if (panel.root.hidden) panel.leave();
  }
});

// A page that the browser keeps for "back" must not keep the camera.
page.listen(window, 'pagehide', () => {
  face.leave();
  voice.leave();
});
