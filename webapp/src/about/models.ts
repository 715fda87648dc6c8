/** The cards of the models that this server ships, read at run time. */
import { readCatalogue } from '../contract/catalogue';
import { readSpec } from '../contract/spec';
import type { ModelSpec } from '../contract/types';
import { Problem } from '../ui/problems';
import { t } from '../i18n/i18n';

export interface ShippedModel {
  spec: ModelSpec;
  /** Of what a visitor downloads: graph, weights and spec. */
  bytes: number;
}

/** @throws Problem or MienError where a file is missing or wrong */
export async function shippedModels(folder: URL, signal: AbortSignal): Promise<ShippedModel[]> {
  const catalogue = readCatalogue(await fetchText(new URL('catalogue.json', folder), signal));
  return Promise.all(
    Object.entries(catalogue.models).map(async ([task, { files }]) => {
      const spec = readSpec(await fetchText(new URL(`${task}/spec.json`, folder), signal), `${task}/spec.json`);
      const fetched = Object.entries(files).filter(([name]) => /\.(bin|json)$/.test(name) && name !== 'golden.json');
      return { spec, bytes: fetched.reduce((sum, [, file]) => sum + file.bytes, 0) };
    }),
  );
}

async function fetchText(url: URL, signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { credentials: 'same-origin', signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw missing(url, String(error));
  });
  if (!response.ok) throw missing(url, String(response.status));
  return response.text();
}

function missing(url: URL, why: string): Problem {
  return new Problem('model-missing', t('about.problem.missing', { file: url.pathname, why }), t('about.remedy.missing'));
}
