/** What spreadsheets take for the beginning of a formula. */
const formula = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/**
 * One line of CSV as RFC 4180 writes it. A cell that a spreadsheet would compute gets an apostrophe in
 * front: names and reasons are written by whoever asks, and opened by whoever audits.
 */
export const csvLine = (cells: readonly (string | number)[]): string =>
  `${cells.map(cell).join(',')}\r\n`;

function cell(value: string | number): string {
  const text = String(value);
  const safe = typeof value === 'string' && formula.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
