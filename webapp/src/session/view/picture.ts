/** A stretch of a session as a PNG: title, timeline, legend. */

import { t } from '../../i18n/i18n';
import { labelName } from '../names';
import type { Session } from '../session';
import { isoTime } from '../time';
import { drawn, heightOf, paint, ROOMY } from './painter';
import type { Palette } from './palette';
import type { Span } from './span';

const WIDTH = 1200;
const MARGIN = 32;
const HEAD = 76;
const LEGEND_ROW = 26;
const SWATCH = 12;
const SCALE = 2;

/** Canvases have an end (16,384 pixels on some phones). */
const MAX_PIXELS = 16_000;

export async function sessionPicture(session: Session, span: Span, palette: Palette): Promise<Blob> {
  const inner = WIDTH - 2 * MARGIN;
  const subjects = drawn(session);
  const labels = [...new Set(subjects.flatMap(({ series }) => series.labels))];
  const lanes = heightOf(subjects.length, ROOMY);
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas to draw on');
  const legend = placeLegend(context, labels, inner, palette);
  const height = HEAD + lanes + legend.height + MARGIN;
  const scale = Math.min(SCALE, MAX_PIXELS / height);
  canvas.width = Math.round(WIDTH * scale);
  canvas.height = Math.round(height * scale);
  context.scale(scale, scale);
  context.fillStyle = palette.paper;
  context.fillRect(0, 0, WIDTH, height);
  context.translate(MARGIN, 0);
  context.fillStyle = palette.ink;
  context.font = `700 22px ${palette.font}`;
  context.fillText(`Mien · ${t('session.title')}`, 0, 38);
  context.fillStyle = palette.soft;
  context.font = `14px ${palette.font}`;
  if (session.zero) context.fillText(t('timeline.began', { zero: isoTime(session.zero).replace(/\.\d+/, '').replace('T', ' ') }), 0, 60);
  context.save();
  context.translate(0, HEAD);
  context.beginPath();
  context.rect(0, 0, inner, lanes);
  context.clip();
  paint(context, session, span, inner, ROOMY, palette);
  context.restore();
  context.translate(0, HEAD + lanes + LEGEND_ROW / 2);
  context.font = `14px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const { label, x, y } of legend.places) {
    context.fillStyle = palette.emotion(label);
    context.fillRect(x, y - SWATCH / 2, SWATCH, SWATCH);
    context.fillStyle = palette.ink;
    context.fillText(labelName(label), x + SWATCH + 7, y);
  }
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => { if (blob) resolve(blob); else reject(new Error('the picture could not be made')); }, 'image/png');
  });
}

function placeLegend(context: CanvasRenderingContext2D, labels: readonly string[], width: number, palette: Palette): { places: { label: string; x: number; y: number }[]; height: number } {
  context.font = `14px ${palette.font}`;
  let [x, y] = [0, 0];
  const places = labels.map((label) => {
    const needed = SWATCH + 7 + context.measureText(labelName(label)).width + 22;
    if (x > 0 && x + needed > width) [x, y] = [0, y + LEGEND_ROW];
    const place = { label, x, y };
    x += needed;
    return place;
  });
  return { places, height: y + LEGEND_ROW };
}
