/** A session's zero, and times as ISO 8601 with the zone in which it began. */

const MS_PER_MINUTE = 60_000;
const ISO = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3})(Z|[+-]\d{2}:\d{2})$/;

/** The widest zones are UTC−12 and UTC+14. */
const MAX_OFFSET_MINUTES = 14 * 60;

export interface Zero {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** The zone's minutes east of UTC at that time. */
  readonly offset: number;
}

/** The zero for a session that begins at `time` in the zone of this device. */
export function zeroAt(time: number): Zero {
  return { time, offset: 0 - new Date(time).getTimezoneOffset() };
}

/** "2026-03-01T14:03:22.123+01:00": the time `ms` milliseconds after the zero, in the zero's zone. */
export function isoTime(zero: Zero, ms = 0): string {
  const local = new Date(zero.time + ms + zero.offset * MS_PER_MINUTE).toISOString();
  const minutes = Math.abs(zero.offset);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${local.slice(0, -1)}${zero.offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

/** Reads what `isoTime` wrote, `Z` too; null where the text is no such time. */
export function parseZero(text: string): Zero | null {
  const [, local, zone] = ISO.exec(text) ?? [];
  if (local === undefined || zone === undefined) return null;
  const utc = Date.parse(`${local}Z`);
  // The engine may roll 30 February over to March; a time that does not come back the same is none.
  if (!Number.isFinite(utc) || new Date(utc).toISOString() !== `${local}Z`) return null;
  const offset = zone === 'Z' ? 0 : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)));
  if (Math.abs(offset) > MAX_OFFSET_MINUTES) return null;
  return { time: utc - offset * MS_PER_MINUTE, offset };
}

/** "0:07", "12:45", "1:02:03": how long after the zero. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const pad = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}
