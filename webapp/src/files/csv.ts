/**
 * Comma-separated values after RFC 4180: CRLF, quotes around what needs them. Text that a spreadsheet would take for a
 * formula (it begins with =, +, -, @, a tab or a line break) gets an apostrophe before it, as OWASP advises; numbers are
 * written as they are, so that every reader gets typed columns.
 */
export type Cell = string | number | null | undefined;

const FORMULA = /^[=+\-@\t\r\n]/;

export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
