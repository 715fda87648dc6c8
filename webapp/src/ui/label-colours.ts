/**
 * Colours for labels that the style sheet does not know: those of somebody's own model. Each takes a hue of tokens.css
 * by its place among the new labels, leaving out the hues of known labels beside it; after eight they come again.
 */
import type { ModelSpec } from '../contract/types';

/** In the order in which they are given: neighbours are told apart easily. */
const HUES = ['sad', 'happy', 'surprise', 'calm', 'fear', 'disgust', 'angry', 'neutral'] as const;
type Hue = (typeof HUES)[number];

/** Labels with rules of their own in tokens.css. */
const KNOWN: Readonly<Record<string, Hue>> = {
  angry: 'angry',
  calm: 'calm',
  disgust: 'disgust',
  fear: 'fear',
  fearful: 'fear',
  happy: 'happy',
  neutral: 'neutral',
  sad: 'sad',
  surprise: 'surprise',
  surprised: 'surprise',
};

/** The hue of each label of one model, in the labels' order. */
export function huesOf(labels: readonly string[]): Hue[] {
  const taken = new Set(labels.map(knownHue));
  const left = HUES.filter((hue) => !taken.has(hue));
  const free = left.length > 0 ? left : HUES;
  let next = 0;
  return labels.map((label) => knownHue(label) ?? free[next++ % free.length]!);
}

/** The labels of the categorical outputs of models, a list for each output. */
export function labelsIn(specs: Readonly<Record<string, ModelSpec>>): (readonly string[])[] {
  const outputs = Object.values(specs).flatMap(({ outputs: all }) => Object.values(all));
  return outputs.flatMap((output) => (output.kind === 'categorical' ? [output.labels] : []));
}

/**
 * Gives the labels that have no colour yet one, in the document's own style sheets, which the content security policy
 * leaves to scripts. Two models with the same new label share its colour.
 */
export function colourLabels(document: Document, labels: readonly string[]): void {
  const hues = huesOf(labels);
  const rules = labels.flatMap((label, i) => (knownHue(label) ? [] : [{ selector: `[data-emotion="${CSS.escape(label)}"]`, hue: hues[i]! }]));
  if (rules.length === 0) return;
  const there = new Set(document.adoptedStyleSheets.flatMap(({ cssRules }) => [...cssRules].map((rule) => (rule instanceof CSSStyleRule ? rule.selectorText : ''))));
  const sheet = new CSSStyleSheet();
  for (const { selector, hue } of rules) {
    const index = sheet.insertRule(`${selector} { --emotion: var(--${hue}); }`);
    // As the browser writes the selector down, so that it is found again.
    const rule = sheet.cssRules[index];
    if (rule instanceof CSSStyleRule && there.has(rule.selectorText)) sheet.deleteRule(index);
  }
  if (sheet.cssRules.length > 0) document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

function knownHue(label: string): Hue | undefined {
  return Object.hasOwn(KNOWN, label) ? KNOWN[label] : undefined;
}
