import type { Report } from './report.ts';
import type { Row } from './row.ts';

const WIDTH = 860;
const LABEL = 330;
const BAR = 13;
const ROW = 38;
const TOP = 58;
const COLORS = { ours: '#e8704f', baseline: '#9aa0ab', text: '#5b616e' };

/** The rows that have a baseline as paired bars, as an SVG that reads on light and dark pages. */
export function chartOf(report: Report): string {
  const rows = report.rows.filter((row) => row.baseline !== null);
  const longest = Math.max(1, ...rows.flatMap((row) => [row.ours, row.baseline ?? 0]));
  const scale = (WIDTH - LABEL - 90) / longest;
  const height = TOP + rows.length * ROW + 20;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">`,
    '<title>Waiting time: Raffi and the documented server’s method, milliseconds, shorter is better</title>',
    legend(0, COLORS.ours, 'Raffi'),
    legend(90, COLORS.baseline, 'documented server’s method (ms, shorter is better)'),
    ...rows.map((row, index) => pair(row, TOP + index * ROW, scale)),
    '</svg>',
    '',
  ].join('\n');
}

function legend(x: number, color: string, label: string): string {
  return `<rect x="${LABEL + x}" y="18" width="12" height="12" rx="3" fill="${color}"/><text x="${LABEL + x + 18}" y="29" fill="${COLORS.text}">${label}</text>`;
}

function pair(row: Row, y: number, scale: number): string {
  const bar = (value: number, dy: number, color: string) =>
    `<rect x="${LABEL}" y="${y + dy}" width="${Math.max(2, value * scale).toFixed(1)}" height="${BAR}" rx="3" fill="${color}"/><text x="${(LABEL + Math.max(2, value * scale) + 6).toFixed(1)}" y="${y + dy + 11}" fill="${COLORS.text}" font-size="11">${Math.round(value)}</text>`;
  const label = `${row.group.split(/[:→]/)[0]?.trim()}: ${row.name}`;
  return `<text x="${LABEL - 12}" y="${y + 18}" text-anchor="end" fill="${COLORS.text}">${label}</text>${bar(row.ours, 0, COLORS.ours)}${bar(row.baseline ?? 0, BAR + 2, COLORS.baseline)}`;
}
