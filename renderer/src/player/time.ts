/** Film time as a person reads it: `4:07`, `1:02:09`. Anything not a time (NaN before the first metadata) is `–:––`. */
export function clockTime(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–:––';
  const sign = seconds < 0 ? '−' : '';
  const whole = Math.floor(Math.abs(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, '0');
  return hours > 0
    ? `${sign}${hours}:${String(minutes).padStart(2, '0')}:${rest}`
    : `${sign}${minutes}:${rest}`;
}

/** A measured wait: `8 ms`, `640 ms`, `1.4 s`. */
export function waitTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Bytes in decimal units, as disks and links are sold: `812 kB`, `4.2 GB`. */
export function byteSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** How far from its time something is shown: `0.3 s later`, `1.0 s earlier`, `on time`. */
export function delayText(seconds: number): string {
  if (seconds === 0) return 'on time';
  return `${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? 'later' : 'earlier'}`;
}
