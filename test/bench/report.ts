import { arch, cpus, platform, release, totalmem } from 'node:os';
import { isReached, type Row, ratioOf } from './row.ts';

export interface Report {
  date: string;
  machine: string;
  node: string;
  ffmpeg: string;
  rows: Row[];
}

export function machineText(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${platform()} ${release()} ${arch()}`;
}

/** The rows as a Markdown table. */
export function tableOf(report: Report): string {
  const lines = [
    '| | ours | documented server’s method | times faster | goal | |',
    '|---|---:|---:|---:|---|---|',
  ];
  let group = '';
  for (const row of report.rows) {
    if (row.group !== group) lines.push(`| **${row.group}** | | | | | |`);
    group = row.group;
    const ratio = ratioOf(row);
    lines.push(
      `| ${row.name} | ${figure(row.ours, row.unit)} | ${row.baseline === null ? '' : figure(row.baseline, row.unit)} | ${
        ratio === null ? '' : `${ratio.toFixed(1)} ×`
      } | ${goalText(row)} | ${verdict(row)} |`,
    );
  }
  lines.push('', `Medians. ${report.machine}; Node ${report.node}; ffmpeg ${report.ffmpeg}; ${report.date}.`);
  return lines.join('\n');
}

function figure(value: number, unit: Row['unit']): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

function goalText({ goal, unit }: Row): string {
  return [
    ...(goal.atMost === undefined ? [] : [`≤ ${goal.atMost} ${unit}`]),
    ...(goal.atLeast === undefined ? [] : [`≥ ${goal.atLeast} ${unit}`]),
    ...(goal.timesFaster === undefined ? [] : [`≥ ${goal.timesFaster} ×`]),
  ].join(', ');
}

function verdict(row: Row): string {
  if (Object.keys(row.goal).length === 0) return '';
  return isReached(row) ? 'reached' : '**missed**';
}
