/** The page: theme, background, views. It uses Mien through its public API, as any other page would. */

import { t } from './i18n/i18n';
import { LiveReadings } from './live/readings';
import { Background } from './ui/background';
import { find } from './ui/dom';
import { FacePanel } from './ui/face-panel';
import { lazyView } from './ui/lazy-view';
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
const onChange = (): void => { background.rest(panels.some((panel) => panel.busy)); };
panels.push(
  new FacePanel(find(document, '#face-panel', HTMLElement), readings, onChange).panel,
  new VoicePanel(find(document, '#voice-panel', HTMLElement), readings, onChange).panel,
);

const showFiles = lazyView(find(document, '#files-view', HTMLElement), t('views.files'), t('files.lead'), async (place) => {
  new (await import('./files/view')).FilesView(place, page);
});
const showAbout = lazyView(find(document, '#about-view', HTMLElement), t('views.about'), t('about.lead'), async (place) => {
  (await import('./about/view')).mountAbout(place, page);
});

startRouter(page, (route) => {
  if (route === 'files') showFiles();
  if (route === 'about') showAbout();
  // A device is on only while its panel can be seen.
  for (const panel of panels) {
    if (panel.root.hidden) panel.leave();
  }
});

// A page that the browser keeps for "back" must not keep the camera.
page.listen(window, 'pagehide', () => {
  for (const panel of panels) panel.leave();
});
