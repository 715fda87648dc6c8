/** The page: theme, background, views. It uses Mien through its public API, as any other page would. */

import { t } from './i18n/i18n';
import { translatePage } from './i18n/static';
import { LiveReadings } from './live/readings';
import { SessionRoom } from './session/room';
import { Background } from './ui/background';
import { showChoices } from './ui/choices';
import { find } from './ui/dom';
import { FacePanel } from './ui/face-panel';
import { FusionPanel } from './ui/fusion-panel';
import { Guide } from './ui/guide';
import { lazyView } from './ui/lazy-view';
import { startOffline } from './ui/offline';
import type { Panel } from './ui/panel';
import { startRouter } from './ui/router';
import { Scope } from './ui/scope';
import { Theme } from './ui/theme';
import { VoicePanel } from './ui/voice-panel';

translatePage(document);
const page = new Scope();
const theme = new Theme(page);
const background = new Background(page, find(document, '#background', HTMLElement));

const room = new SessionRoom(page);
const readings = new LiveReadings(room.corrector);
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

room.open(readings);

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

const guide = new Guide(page, find(document, '#guide', HTMLDialogElement));
showChoices(page, find(document, '#choices', HTMLElement), theme, () => { guide.open(); });
startOffline(page, find(document, '#offline-state', HTMLElement));
guide.welcome();
