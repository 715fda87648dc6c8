/**
 * Keeps the page and its networks on the device, so that both work without the server. It keeps files of the program
 * and nothing else, and answers for its own origin only.
 */
import { ModelCache } from './model_cache';
import { PageCache, type Build } from './page_cache';
import type { FromServiceWorker, ToServiceWorker } from './protocol';

declare const self: ServiceWorkerGlobalScope;

/** Written at the head of this script when the page is built. */
declare const MIEN_BUILD: Build;

const MODELS = 'models/';

/** Files whose names hold a hash, which pages of an earlier build may still ask for. */
const HASHED = /^assets\/.*-[A-Za-z0-9_-]{8}\.\w+$/;

const folder = new URL(self.registration.scope);
const page = new PageCache(MIEN_BUILD, folder, self.caches, (...request) => fetch(...request));
const models = new ModelCache(new URL(MODELS, folder), self.caches, (...request) => fetch(...request));

self.addEventListener('install', (event) => {
  event.waitUntil(page.fill());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { href, pathname } = new URL(request.url);
  if (request.method !== 'GET' || !href.startsWith(folder.href)) return;
  const path = pathname.slice(folder.pathname.length);
  if (path.startsWith(MODELS)) {
    event.respondWith(models.answer(path.slice(MODELS.length), request, (work) => { event.waitUntil(work); }));
  } else if (page.has(path)) {
    event.respondWith(page.answer(path));
  } else if (HASHED.test(path)) {
    event.respondWith(page.answerFromOthers(request));
  }
});

self.addEventListener('message', (event) => {
  const { kind } = event.data as ToServiceWorker;
  const port = event.ports[0];
  const answer = (reply: FromServiceWorker): void => port?.postMessage(reply);
  const work = { 'prepare': () => models.prepare(), 'tidy': tidy, 'take-over': () => self.skipWaiting() }[kind];
  event.waitUntil(work().then(() => answer({ ok: true }), (error: unknown) => answer({ ok: false, reason: String(error) })));
});

/** Deletes the caches of earlier builds, unless a second page is open that may be of one of them. */
async function tidy(): Promise<void> {
  const open = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (open.length <= 1) await page.deleteOthers();
}
