import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toSdr } from './to-sdr.ts';
import type { HdrTransfer } from './transfer.ts';

/**
 * Nodes along each side of a table, the usual number. Between them ffmpeg interpolates: measured, half of all colours are off by less than 0.4 of 255 and
 * one in twenty by more than 5, those near black or beyond what BT.709 shows. Twice as many would take eight times as long to make.
 */
const NODES = 33;

/**
 * HDR to SDR as tables that any ffmpeg reads (`lut3d`): no build lacks that filter, a table costs six tenths of the time of zimg's floating point, and a
 * film whose colours are not named in full is converted too, where zimg refuses it. Files are made on first need, in a folder of the owner's.
 */
export class ColourTables {
  readonly #folder: string;
  readonly #made = new Map<HdrTransfer, Promise<string>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The path of the table for a transfer. @throws what writing a file throws */
  path(transfer: HdrTransfer): Promise<string> {
    let made = this.#made.get(transfer);
    if (made === undefined) {
      made = write(join(this.#folder, `${transfer}-to-sdr.cube`), transfer);
      made.catch(() => this.#made.delete(transfer));
      this.#made.set(transfer, made);
    }
    return made;
  }
}

async function write(path: string, transfer: HdrTransfer): Promise<string> {
  await writeFile(path, cube(transfer));
  return path;
}

/** Adobe's Cube LUT Specification 1.0: one line of output for each node, red changing fastest. */
export function cube(transfer: HdrTransfer): string {
  const lines = [`LUT_3D_SIZE ${NODES}`];
  const at = (node: number) => node / (NODES - 1);
  for (let blue = 0; blue < NODES; blue++)
    for (let green = 0; green < NODES; green++)
      for (let red = 0; red < NODES; red++) {
        const sdr = toSdr(transfer, [at(red), at(green), at(blue)]);
        lines.push(sdr.map((value) => value.toFixed(5)).join(' '));
      }
  return `${lines.join('\n')}\n`;
}
