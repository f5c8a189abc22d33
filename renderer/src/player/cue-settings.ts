/** Where a cue is put: what WebVTT settings say, by the names of `VTTCue`. What they do not say is absent. */
export interface CuePlacement {
  vertical?: 'rl' | 'lr';
  line?: number;
  snapToLines?: boolean;
  lineAlign?: 'start' | 'center' | 'end';
  position?: number;
  positionAlign?: 'line-left' | 'center' | 'line-right';
  size?: number;
  align?: 'start' | 'center' | 'end' | 'left' | 'right';
}

const LINE_ALIGNS = ['start', 'center', 'end'] as const;
const POSITION_ALIGNS = ['line-left', 'center', 'line-right'] as const;
const ALIGNS = ['start', 'center', 'end', 'left', 'right'] as const;

/** Reads WebVTT cue settings (W3C WebVTT §6.3). What is not valid is left out. */
export function cuePlacement(settings: string): CuePlacement {
  const placement: CuePlacement = {};
  for (const setting of settings.split(' ')) {
    const [name = '', value = ''] = setting.split(/:(.*)/);
    const [number = '', alignment] = value.split(',');
    switch (name) {
      case 'vertical':
        if (value === 'rl' || value === 'lr') placement.vertical = value;
        break;
      case 'line': {
        const percentage = percentageOf(number);
        const line = percentage ?? (/^-?\d{1,4}$/.test(number) ? Number(number) : null);
        if (line === null) break;
        Object.assign(placement, { line, snapToLines: percentage === null });
        const lineAlign = LINE_ALIGNS.find((known) => known === alignment);
        if (lineAlign) placement.lineAlign = lineAlign;
        break;
      }
      case 'position': {
        const position = percentageOf(number);
        if (position === null) break;
        placement.position = position;
        const positionAlign = POSITION_ALIGNS.find((known) => known === alignment);
        if (positionAlign) placement.positionAlign = positionAlign;
        break;
      }
      case 'size': {
        const size = percentageOf(value);
        if (size !== null) placement.size = size;
        break;
      }
      case 'align': {
        const align = ALIGNS.find((known) => known === value);
        if (align) placement.align = align;
      }
    }
  }
  return placement;
}

/** `0%` to `100%`. */
function percentageOf(text: string): number | null {
  const number = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1];
  return number === undefined || Number(number) > 100 ? null : Number(number);
}
