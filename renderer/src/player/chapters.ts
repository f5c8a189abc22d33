/** A chapter as the seek bar draws it; film time in seconds, half-open. */
export interface ChapterMark {
  startSeconds: number;
  endSeconds: number;
  title: string;
}

/**
 * The seek bar's segments: ascending, touching one another, and covering the film from 0 to its end. media-chrome clips the
 * bar to its chapters, so a hole between two (common in MKV, where ends are optional) would be a hole in the bar.
 */
export function chapterMarks(
  chapters: readonly { startTime: number; title: string }[],
  durationSeconds: number,
): ChapterMark[] {
  const starts = chapters
    .filter(({ startTime }) => Number.isFinite(startTime) && startTime >= 0 && startTime < durationSeconds)
    .toSorted((a, b) => a.startTime - b.startTime)
    .filter(({ startTime }, index, all) => index === 0 || startTime > (all[index - 1]?.startTime ?? -1));
  if (starts.length === 0) return [];
  const opening = (starts[0]?.startTime ?? 0) > 0 ? [{ startTime: 0, title: '' }] : [];
  const all = [...opening, ...starts];
  return all.map(({ startTime, title }, index) => ({
    startSeconds: startTime,
    endSeconds: all[index + 1]?.startTime ?? durationSeconds,
    title:
      title.trim() || (startTime === 0 && opening.length > 0 ? '' : `Chapter ${index + 1 - opening.length}`),
  }));
}

/** The marks as WebVTT, which is how media-chrome takes chapters (`<track kind="chapters" default>`). */
export function chaptersVtt(marks: readonly ChapterMark[]): string {
  const cues = marks.map(
    ({ startSeconds, endSeconds, title }) =>
      `${stamp(startSeconds)} --> ${stamp(endSeconds)}\n${cueText(title)}\n`,
  );
  return ['WEBVTT\n', ...cues].join('\n');
}

/** The chapter that is on at a time; null where there is none. */
export function chapterAt(marks: readonly ChapterMark[], seconds: number): ChapterMark | null {
  return marks.findLast((mark) => mark.startSeconds <= seconds) ?? null;
}

/** `HH:MM:SS.mmm`; hours may have more than two digits (WebVTT §4.1). */
function stamp(seconds: number): string {
  const ms = Math.round(seconds * 1000);
  const pad = (value: number, width: number) => String(Math.floor(value)).padStart(width, '0');
  return `${pad(ms / 3_600_000, 2)}:${pad((ms / 60_000) % 60, 2)}:${pad((ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
}

/** Cue text is markup: escape it; a blank line or `-->` would end the cue (WebVTT §4.2.2). */
function cueText(title: string): string {
  const oneLine = title.replace(/\s+/g, ' ');
  return oneLine.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
