/** How an HDR signal is coded: PQ (SMPTE ST 2084) or HLG (ARIB STD-B67). */
export type HdrTransfer = 'pq' | 'hlg';

export type Rgb = readonly [red: number, green: number, blue: number];

/** A signal (0 … 1 each, BT.2020 primaries) as light on a display, cd/m². */
export function displayLight(transfer: HdrTransfer, signal: Rgb): Rgb {
  return transfer === 'pq' ? each(signal, pqToNits) : hlgToNits(signal);
}

/** PQ's EOTF (ITU-R BT.2100 table 4). */
export function pqToNits(signal: number): number {
  const power = Math.max(0, signal) ** (1 / PQ.m2);
  return PQ_PEAK_NITS * (Math.max(0, power - PQ.c1) / (PQ.c2 - PQ.c3 * power)) ** (1 / PQ.m1);
}

/** The inverse of `pqToNits`. */
export function nitsToPq(nits: number): number {
  const power = (Math.max(0, nits) / PQ_PEAK_NITS) ** PQ.m1;
  return ((PQ.c1 + PQ.c2 * power) / (1 + PQ.c3 * power)) ** PQ.m2;
}

const PQ_PEAK_NITS = 10_000;
const PQ = {
  m1: 2610 / 16_384,
  m2: (2523 / 4096) * 128,
  c1: 3424 / 4096,
  c2: (2413 / 4096) * 32,
  c3: (2392 / 4096) * 32,
};

/** HLG's EOTF for a display of 1000 cd/m² (ITU-R BT.2100 table 5): the scene's light, then a system gamma of 1.2 on its luminance. */
function hlgToNits(signal: Rgb): Rgb {
  const scene = each(signal, hlgToScene);
  const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
  const gain = HLG_PEAK_NITS * luminance ** (HLG_SYSTEM_GAMMA - 1);
  return each(scene, (light) => gain * light);
}

const HLG_PEAK_NITS = 1000;
const HLG_SYSTEM_GAMMA = 1.2;

function hlgToScene(signal: number): number {
  const [a, b, c] = [0.17883277, 0.28466892, 0.55991073];
  return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - c) / a) + b) / 12;
}

export function each(rgb: Rgb, change: (value: number) => number): Rgb {
  return [change(rgb[0]), change(rgb[1]), change(rgb[2])];
}
