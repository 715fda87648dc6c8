/** The card of one model, after M. Mitchell et al., "Model Cards for Model Reporting", 2019, arXiv:1810.03993. */
import { en } from '../i18n/en';
import { t, type MessageKey } from '../i18n/i18n';
import type { ModelInput, ModelOutput, ModelSpec } from '../contract/types';
import { make } from '../ui/dom';
import { bytes, percent, title, word } from '../ui/format';
import { figuresOf } from './figures';
import type { ShippedModel } from './models';
import { short } from './numbers';
import { confusionPlot, reliabilityPlot } from './plots';
import { figureTable, singlesTable } from './tables';

export function modelCard({ spec, bytes: size }: ShippedModel): HTMLElement {
  const facts = t('about.card.facts', { parameters: short(spec.parameters), size: bytes(size), version: spec.version });
  return make(
    'article',
    { class: 'note model-card', 'data-testid': 'model-card', 'data-task': spec.task },
    make('h3', {}, taskTitle(spec.task)),
    make('p', { class: 'model-facts' }, facts),
    make('p', {}, [inputWords(spec.input), ...Object.values(spec.outputs).map(outputWords)].filter(Boolean).join(' ')),
    ...paragraph('about.card.use', `about.use.${spec.task}`),
    ...paragraph('about.card.limits', spec.training?.own_data === true ? 'about.limits.own' : `about.limits.${spec.task}`),
    make('h4', {}, t('about.card.figures')),
    ...figureParts(spec),
    ...licenceParts(spec),
  );
}

export function taskTitle(task: string): string {
  return wordsOf(`about.title.${task}`) ?? title(task);
}

function figureParts(spec: ModelSpec): HTMLElement[] {
  const figures = figuresOf(spec.metrics ?? {});
  const { singles, tables, confusions, reliabilities } = figures;
  if (singles.length + tables.length + confusions.length + reliabilities.length === 0) {
    return [make('p', {}, t(spec.input.kind === 'frame' ? 'about.card.detector' : 'about.card.unmeasured'))];
  }
  const parts: HTMLElement[] = [make('p', {}, `${t('about.card.measured', { dataset: figures.dataset, split: figures.split })} ${t('about.card.intervals')}`)];
  if (singles.length > 0) parts.push(singlesTable(singles));
  parts.push(...tables.map(figureTable));
  const plots = [...confusions.map(confusionPlot), ...reliabilities.map(reliabilityPlot)];
  if (plots.length > 0) parts.push(make('div', { class: 'plots' }, ...plots));
  return parts;
}

function licenceParts({ training = {} }: ModelSpec): HTMLElement[] {
  const datasets = Array.isArray(training.datasets) ? training.datasets.map(String) : [];
  const items = datasets.map((name) => wordsOf(`about.data.${name}`) ?? name);
  if (typeof training.source === 'string') items.push([training.source, training.licence].filter((one) => typeof one === 'string').join(', '));
  if (typeof training.command === 'string') items.push(t('about.card.training', { command: training.command }));
  if (items.length === 0) return [];
  return [make('h4', {}, t('about.card.licence')), make('ul', {}, ...items.map((item) => make('li', {}, item)))];
}

function inputWords(input: ModelInput): string {
  switch (input.kind) {
    case 'face-crop': {
      const channels = t(`about.card.channels.${input.channels}`);
      return t('about.card.input.face-crop', { width: input.width, height: input.height, channels });
    }
    case 'frame':
      return t('about.card.input.frame', { width: input.width, height: input.height });
    case 'log-mel': {
      const { window_seconds: seconds, sample_rate: rate, n_mels: bands, fmin: low, fmax: high } = input;
      return t('about.card.input.log-mel', { seconds, rate: rate / 1000, bands, low, high });
    }
  }
}

function outputWords(output: ModelOutput): string {
  if (output.kind === 'categorical') return t('about.card.labels', { labels: output.labels.map(word).join(', ') });
  if (output.kind !== 'distribution') return '';
  return t('about.card.years', { first: output.first, last: output.last, interval: percent(output.interval) });
}

function paragraph(heading: MessageKey, key: string): HTMLElement[] {
  const words = wordsOf(key);
  return words === null ? [] : [make('h4', {}, t(heading)), make('p', {}, words)];
}

/** The message of a key that depends on the models; null for a model that the page does not know yet. */
function wordsOf(key: string): string | null {
  return key in en ? t(key as MessageKey) : null;
}
