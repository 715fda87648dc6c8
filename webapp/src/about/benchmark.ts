/** The benchmark: how long each stage of a reading takes on this device. */
import { t } from '../i18n/i18n';
import type { BenchmarkReport, Mien } from '../types';
import { make } from '../ui/dom';
import { bytes } from '../ui/format';
import type { Scope } from '../ui/scope';
import { Runner } from './runner';
import { table } from './tables';

const RUNS = 20;

interface Measured extends BenchmarkReport {
  memory: { tensors: number; bytes: number };
}

export function benchmarkPanel(page: Scope): HTMLElement {
  const words = { id: 'benchmark', title: t('about.bench.title'), text: t('about.bench.text', { runs: RUNS }), start: t('about.bench.start') };
  const measure = async (mien: Mien): Promise<Measured> => {
    const benchmark = await mien.benchmark({ runs: RUNS });
    return { ...benchmark, memory: await mien.memory() };
  };
  return new Runner<Measured>(page, words, measure, report).element;
}

function report({ stages, threads, memory }: Measured): HTMLElement[] {
  const frame = stages.find(({ stage }) => stage === 'frame');
  const rate = frame ? 1000 / frame.median : 0;
  const summary = make(
    'p',
    { 'data-testid': 'benchmark-summary', 'data-rate': rate.toFixed(2), 'data-tensors': memory.tensors, 'data-bytes': memory.bytes, 'data-threads': threads },
    t('about.bench.summary', {
      rate: rate.toFixed(rate < 10 ? 1 : 0),
      tensors: memory.tensors,
      memory: bytes(memory.bytes),
      threads: threads === 1 ? t('about.bench.thread') : t('about.bench.threads', { count: threads }),
    }),
  );
  const heads = [t('about.bench.stage'), t('about.bench.median'), t('about.bench.p95')];
  const ms = (value: number): string => t('about.bench.ms', { ms: value.toFixed(value < 9.95 ? 1 : 0) });
  const rows = stages.map(({ stage, median, p95 }) => [t(`about.stage.${stage}`), ms(median), ms(p95)]);
  return [summary, table(t('about.bench.title'), heads, rows, stages.map(({ stage }) => stage))];
}
