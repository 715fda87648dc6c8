/**
 * Makes the page work without its server, by a service worker, and offers a new version when there is one. Nothing is
 * replaced before the visitor agrees: what runs goes on with the files it was started with.
 */

import { t } from '../i18n/i18n';
import { SERVICE_WORKER_FILE, type FromServiceWorker, type ToServiceWorker } from '../service-worker/protocol';
import { setText } from './dom';
import type { Scope } from './scope';
import { offerUpdate } from './update-notice';

/** A page that is open for days asks this often whether there is a new version. */
const LOOK_FOR_UPDATE_MS = 60 * 60 * 1000;

/** Experimental, and only in Chromium: the visitor has asked for as few bytes as can be. */
interface Thrifty {
  readonly connection?: { readonly saveData?: boolean };
}

/** `state` gets a line for people, and `data-state`: `none`, `preparing`, `ready` or `failed`. */
export function startOffline(scope: Scope, state: HTMLElement): void {
  const tell = (name: 'none' | 'preparing' | 'ready' | 'failed'): void => {
    state.dataset.state = name;
    setText(state, name === 'none' ? '' : t(`everywhere.offline.${name}`));
  };
  tell('none');
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined; // secure pages only
  if (!import.meta.env.PROD || container === undefined) return;
  whenLoaded(scope, () => {
    keepOffline(scope, container, tell).catch((error: unknown) => {
      console.warn('Mien does not work offline here:', error);
      tell('failed');
    });
  });
}

/** The page comes first: what it needs itself is not to wait for copies. */
function whenLoaded(scope: Scope, begin: () => void): void {
  if (document.readyState === 'complete') begin();
  else scope.listen(window, 'load', begin, { once: true });
}

async function keepOffline(
  scope: Scope,
  container: ServiceWorkerContainer,
  tell: (name: 'preparing' | 'ready' | 'failed') => void,
): Promise<void> {
  await container.register(`./${SERVICE_WORKER_FILE}`, { updateViaCache: 'none' });
  const registration = await container.getRegistration();
  if (!registration || scope.disposed()) return; // refused without a word, as some browsers' private windows do
  followUpdates(scope, container, registration);
  const worker = (await container.ready).active;
  if (!worker || scope.disposed()) return;
  await ask(worker, { kind: 'tidy' });
  if ((navigator as Thrifty).connection?.saveData === true) return; // each network is kept when it is first used
  tell('preparing');
  const reply = await ask(worker, { kind: 'prepare' });
  tell(reply.ok ? 'ready' : 'failed');
}

function followUpdates(scope: Scope, container: ServiceWorkerContainer, registration: ServiceWorkerRegistration): void {
  let agreed = false;
  const offer = (waiting: ServiceWorker | null): void => {
    offerUpdate(scope, () => {
      agreed = true;
      if (waiting?.state === 'installed') void ask(waiting, { kind: 'take-over' });
      else window.location.reload();
    });
  };
  const watch = (): void => {
    const { installing, waiting } = registration;
    if (waiting && container.controller) offer(waiting);
    if (!installing) return;
    scope.listen(installing, 'statechange', () => {
      if (installing.state === 'installed' && container.controller) offer(installing);
    });
  };
  let controlled = container.controller !== null;
  scope.listen(container, 'controllerchange', () => {
    // The first service worker takes hold of a page that is of the same build; a later one is another build.
    if (agreed) window.location.reload();
    else if (controlled) offer(null);
    controlled = true;
  });
  scope.listen(registration, 'updatefound', watch);
  scope.interval(() => void registration.update().catch(() => undefined), LOOK_FOR_UPDATE_MS);
  watch();
}

function ask(worker: ServiceWorker, message: ToServiceWorker): Promise<FromServiceWorker> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<FromServiceWorker>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage(message, [port2]);
  });
}
