import type { CuePlacement } from './cue-settings.ts';

/** Lines that are shown at one place: they are put above or below one another, so that none hides another. */
export interface Stack<Line> {
  key: string;
  /** CSS of the box that holds them, over the whole picture. */
  style: string;
  lines: { line: Line; style: string }[];
}

/** A placement that says nothing: in the middle at the bottom. */
const AT_BOTTOM = { line: -1, snapToLines: true };

/**
 * Where lines go (after W3C WebVTT §7.2, with CSS's own boxes): counted from the top or the bottom, or by a share of the height, in a column
 * of which `position`, `size` and `align` tell the width. What is said first stays where it is; what comes to it goes above it at the
 * bottom, and below it elsewhere.
 *
 * @param lines in the order of their start
 */
export function stacksOf<Line extends { placement: CuePlacement }>(lines: readonly Line[]): Stack<Line>[] {
  const stacks = new Map<string, Stack<Line>>();
  for (const line of lines) {
    const style = stackStyle(line.placement);
    const stack = stacks.get(style) ?? { key: style, style, lines: [] };
    stacks.set(style, stack);
    stack.lines.push({ line, style: columnStyle(line.placement) });
  }
  return [...stacks.values()];
}

function stackStyle({ vertical, lineAlign, ...rest }: CuePlacement): string {
  if (vertical !== undefined) {
    // Japanese: columns of text, the first at the right. What is one below the other elsewhere is side by side in vertical writing.
    return `flex-direction: column; writing-mode: vertical-${vertical}`;
  }
  const { line, snapToLines } = { ...AT_BOTTOM, ...rest };
  if (snapToLines) {
    return line < 0
      ? `flex-direction: column-reverse; padding-bottom: ${-line - 1}lh`
      : `flex-direction: column; padding-top: ${line}lh`;
  }
  // What is before and behind shrinks: a line that is put too low is shown at the very bottom.
  if (lineAlign === 'end')
    return `flex-direction: column; justify-content: flex-end; --after: 0 1 ${100 - line}%`;
  if (lineAlign === 'center')
    return `flex-direction: column; --before: ${line} 1 0; --after: ${100 - line} 1 0`;
  return `flex-direction: column; --before: 0 1 ${line}%`;
}

function columnStyle({
  vertical,
  position,
  positionAlign,
  size = 100,
  align = 'center',
}: CuePlacement): string {
  const isLeft = align === 'start' || align === 'left';
  const isRight = align === 'end' || align === 'right';
  const at = position ?? (isLeft ? 0 : isRight ? 100 : 50);
  const anchor = positionAlign ?? (isLeft ? 'line-left' : isRight ? 'line-right' : 'center');
  const room = { 'line-left': 100 - at, 'line-right': at, center: 2 * Math.min(at, 100 - at) }[anchor];
  const length = Math.min(size, room);
  const start = { 'line-left': at, 'line-right': at - length, center: at - length / 2 }[anchor];
  const [extent, margin] = vertical === undefined ? ['width', 'margin-left'] : ['height', 'margin-top'];
  return `${extent}: ${length}%; ${margin}: ${start}%; text-align: ${align}`;
}
