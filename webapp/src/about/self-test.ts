/** The self-test: golden vectors on this very device. */
import { t } from '../i18n/i18n';
import { make } from '../ui/dom';
import type { Scope } from '../ui/scope';
import type { SelfTestModel, SelfTestReport } from '../types';
import { taskTitle } from './card';
import { Runner } from './runner';
import { table } from './tables';

export function selfTestPanel(page: Scope): HTMLElement {
  const words = { id: 'self-test', title: t('about.test.title'), text: t('about.test.text'), start: t('about.test.start') };
  return new Runner<SelfTestReport>(page, words, (mien) => mien.selfTest(), report).element;
}

function report({ passed, models }: SelfTestReport): HTMLElement[] {
  const heads = [t('about.test.model'), t('about.test.verdict'), t('about.test.probability'), t('about.test.logit'), t('about.test.cases')];
  const rows = models.map((model) => [
    taskTitle(model.task),
    verdict(model),
    model.maxProbabilityDifference.toExponential(1),
    model.maxLogitDifference.toExponential(1),
    String(model.cases),
  ]);
  const verdictLine = make(
    'p',
    { class: passed ? 'verdict is-passed' : 'verdict is-not-passed', 'data-testid': 'self-test-verdict', 'data-passed': String(passed) },
    make('strong', {}, passed ? t('about.test.passed') : t('about.test.not-passed')),
  );
  const parts = [verdictLine, table(t('about.test.title'), heads, rows, models.map(({ task }) => task))];
  if (!passed) parts.push(make('p', {}, t('about.test.why')));
  return parts;
}

function verdict({ passed, sameTop }: SelfTestModel): string {
  if (passed) return t('about.test.passed');
  return sameTop ? t('about.test.not-passed') : t('about.test.top');
}
