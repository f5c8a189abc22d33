import { displayLight, each, type HdrTransfer, nitsToPq, pqToNits, type Rgb } from './transfer.ts';

/** What HDR shows where SDR shows its white (ITU-R BT.2408 §2.1), cd/m². */
export const REFERENCE_WHITE_NITS = 203;
/** The brightest that is told apart: what most films are graded for. More is white. */
const PEAK_NITS = 1000;
/** ITU-R BT.1886: what an SDR display makes of a signal. */
const SDR_GAMMA = 2.4;

/**
 * An HDR signal (BT.2020) as the SDR signal (BT.709) that looks most like it. What is darker than about 90 cd/m² is shown as it is; the rest, up to
 * the brightest highlight, is bent into what is left up to white. Hues are kept: all three colours are dimmed alike, and what BT.709 cannot
 * show is made paler.
 */
export function toSdr(transfer: HdrTransfer, signal: Rgb): Rgb {
  const light = displayLight(transfer, signal);
  const brightest = Math.max(...light);
  if (brightest <= 0) return [0, 0, 0];
  const dimming = toneCurve(brightest) / brightest / REFERENCE_WHITE_NITS;
  const sdr = intoGamut(toBt709(each(light, (nits) => nits * dimming)));
  return each(sdr, (value) => Math.min(1, Math.max(0, value)) ** (1 / SDR_GAMMA));
}

/** The EETF of ITU-R BT.2390 §5.4.1: straight up to a knee, then a Hermite spline to the display's white. cd/m² in and out. */
export function toneCurve(nits: number): number {
  const peak = nitsToPq(PEAK_NITS);
  const white = nitsToPq(REFERENCE_WHITE_NITS) / peak;
  const knee = 1.5 * white - 0.5;
  const signal = Math.min(1, nitsToPq(nits) / peak);
  if (signal < knee) return nits;
  const t = (signal - knee) / (1 - knee);
  const bent =
    (2 * t ** 3 - 3 * t ** 2 + 1) * knee +
    (t ** 3 - 2 * t ** 2 + t) * (1 - knee) +
    (3 * t ** 2 - 2 * t ** 3) * white;
  return pqToNits(bent * peak);
}

/** Linear BT.2020 to linear BT.709 (ITU-R BT.2087 §3, inverted). */
function toBt709([r, g, b]: Rgb): Rgb {
  return [
    1.660491 * r - 0.587641 * g - 0.07285 * b,
    -0.12455 * r + 1.1329 * g - 0.008349 * b,
    -0.018151 * r - 0.100579 * g + 1.11873 * b,
  ];
}

/** Mixes with grey of the same luminance just so far that no colour lies outside 0 … 1. */
function intoGamut(rgb: Rgb): Rgb {
  const luminance = Math.min(1, Math.max(0, 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]));
  const [least, most] = [Math.min(...rgb), Math.max(...rgb)];
  const saturation = Math.min(
    1,
    least < 0 ? luminance / (luminance - least) : 1,
    most > 1 ? (1 - luminance) / (most - luminance) : 1,
  );
  return each(rgb, (value) => luminance + saturation * (value - luminance));
}
