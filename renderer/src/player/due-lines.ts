/** More than anybody reads. What animates letters one by one has thousands at once, and a window that laid them out would stand still. */
const MAX_SHOWN = 12;

/** What is shown of the lines that are due: those that last longest, in the order of their start. */
export function shownOf<Line extends { cue: Pick<TextTrackCue, 'startTime' | 'endTime'> }>(
  due: readonly Line[],
): Line[] {
  const lasting = due.toSorted((a, b) => durationOf(b) - durationOf(a)).slice(0, MAX_SHOWN);
  return lasting.toSorted((a, b) => a.cue.startTime - b.cue.startTime);
}

function durationOf({ cue }: { cue: Pick<TextTrackCue, 'startTime' | 'endTime'> }): number {
  return cue.endTime - cue.startTime;
}
