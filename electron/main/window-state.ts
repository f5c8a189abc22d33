import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

const RectangleSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(320).max(20_000),
  height: z.number().int().min(240).max(20_000),
});
/** In device-independent pixels. */
export type Rectangle = z.infer<typeof RectangleSchema>;

const WindowStateSchema = z.object({ bounds: RectangleSchema, maximized: z.boolean() });
export type WindowState = z.infer<typeof WindowStateSchema>;

/** A visible piece this large is enough to find a window again and drag it. */
const MIN_VISIBLE = { width: 120, height: 60 };

/** The window's state of the last run; null when there is none, or it is not valid. */
export function loadWindowState(file: string): WindowState | null {
  try {
    const state = WindowStateSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return state.success ? state.data : null;
  } catch {
    return null;
  }
}

/** Losing this is harmless, so a failure to write is not an error. */
export function saveWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(state));
  } catch {
    // A full or read-only disk: the window opens in its default place next time.
  }
}

/** Whether a window there could be seen: a monitor may have been unplugged since. */
export function isVisible(bounds: Rectangle, workAreas: readonly Rectangle[]): boolean {
  return workAreas.some(
    (area) =>
      overlap(bounds.x, bounds.width, area.x, area.width) >= MIN_VISIBLE.width &&
      overlap(bounds.y, bounds.height, area.y, area.height) >= MIN_VISIBLE.height,
  );
}

function overlap(startA: number, sizeA: number, startB: number, sizeB: number): number {
  return Math.min(startA + sizeA, startB + sizeB) - Math.max(startA, startB);
}
