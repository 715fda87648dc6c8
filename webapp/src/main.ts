/** The page: theme, background, views. It uses Mien through its public API, as any other page would. */

import { LiveReadings } from './live/readings';
import { Background } from './ui/background';
import { find } from './ui/dom';
import { FacePanel } from './ui/face-panel';
import { FusionPanel } from './ui/fusion-panel';
import type { Panel } from './ui/panel';
import { startRouter } from './ui/router';
import { Scope } from './ui/scope';
import { followTheme } from './ui/theme';
import { VoicePanel } from './ui/voice-panel';

const page = new Scope();
followTheme(page);
const background = new Background(page, find(document, '#background', HTMLElement));

const readings = new LiveReadings();
const panels: Panel[] = [];
const together = new FusionPanel(page, readings, () => {
  for (const panel of panels) if (!panel.busy) void panel.start();
});
find(document, '.panels', HTMLElement).prepend(together.element);
const onChange = (): void => {
  const busy = panels.some((panel) => panel.busy);
  background.rest(busy);
  if (busy !== together.running) together.running = busy;
};
panels.push(
  new FacePanel(find(document, '#face-panel', HTMLElement), readings, onChange).panel,
  new VoicePanel(find(document, '#voice-panel', HTMLElement), readings, onChange).panel,
);

startRouter(page, () => {
  // A device is on only while its panel can be seen.
  for (const panel of panels) {
    if (panel.root.hidden) panel.leave();
  }
});

// A page that the browser keeps for "back" must not keep the camera.
page.listen(window, 'pagehide', () => {
  for (const panel of panels) panel.leave();
});
