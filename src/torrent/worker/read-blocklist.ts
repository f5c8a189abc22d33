import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type AddressRanges, parseAddressRanges } from '../address-ranges.ts';

/** Far more than the largest public list, unpacked. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The addresses that are not talked to; plain text or gzip. @throws Error that says what is wrong with the file. */
export async function readBlocklist(file: string): Promise<AddressRanges> {
  const bytes = await readFile(file);
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = isPacked ? await promisify(gunzip)(bytes, { maxOutputLength: MAX_BYTES }) : bytes;
  return parseAddressRanges(text.toString('utf8'));
}
