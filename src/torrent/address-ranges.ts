import ipaddr from 'ipaddr.js';

type Range<T> = readonly [first: T, last: T];

/** Ranges of IP addresses, of which large lists have hundreds of thousands: sorted and merged, so that a look-up is a binary search. */
export class AddressRanges {
  readonly #v4: readonly Range<number>[];
  readonly #v6: readonly Range<bigint>[];

  constructor(v4: readonly Range<number>[], v6: readonly Range<bigint>[]) {
    this.#v4 = merged(v4);
    this.#v6 = merged(v6);
  }

  /** Whether the address lies in one of them; an IPv4 address in its IPv6 form counts as itself. What is no address does not. */
  has(address: string): boolean {
    const parsed = parseIp(address);
    if (parsed === null) return false;
    return typeof parsed === 'number' ? lies(parsed, this.#v4) : lies(parsed, this.#v6);
  }
}

/**
 * Reads a list of addresses, a line each: `first-last` or one address, with or without `name:` before it (PeerGuardian's text format), CIDR for both
 * IPv4 and IPv6; empty lines and `#` comments.
 *
 * @throws Error that names the first line that is none of these: a list that is half understood protects from half of it.
 */
export function parseAddressRanges(text: string): AddressRanges {
  const v4: Range<number>[] = [];
  const v6: Range<bigint>[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [first, last] = rangeOf(line.trim()) ?? [];
    if (typeof first === 'number' && typeof last === 'number' && first <= last) v4.push([first, last]);
    else if (typeof first === 'bigint' && typeof last === 'bigint' && first <= last) v6.push([first, last]);
    else throw new Error(`line ${index + 1} is no range of addresses`);
  }
  return new AddressRanges(v4, v6);
}

type Ip = number | bigint;

const V4 = String.raw`\d{1,3}(?:\.\d{1,3}){3}`;
/** A name may hold anything, colons and addresses too: the range is what stands at the end. */
const V4_LINE = new RegExp(String.raw`^(?:.*:)?\s*(${V4})\s*(?:-\s*(${V4})|/\s*(\d{1,2}))?$`);
const V6_LINE = /^([0-9a-f:.]+)\s*(?:-\s*([0-9a-f:.]+)|\/\s*(\d{1,3}))?$/i;

function rangeOf(line: string): [Ip | null, Ip | null] | null {
  const [, first, last, prefix] = V4_LINE.exec(line) ?? V6_LINE.exec(line) ?? [];
  if (first === undefined) return null;
  const from = parseIp(first);
  if (prefix === undefined) return [from, last === undefined ? from : parseIp(last)];
  if (typeof from === 'number') return blockOf(BigInt(from), 32, Number(prefix), Number);
  return from === null ? null : blockOf(from, 128, Number(prefix), (ip) => ip);
}

/** Whatever bits stand behind the prefix, its whole block is meant. */
function blockOf<T extends Ip>(
  ip: bigint,
  bits: number,
  prefix: number,
  as: (ip: bigint) => T,
): [T, T] | null {
  if (prefix > bits) return null;
  const rest = (1n << BigInt(bits - prefix)) - 1n;
  return [as(ip & ~rest), as(ip | rest)];
}

/** IPv4 as a number, IPv6 as a bigint. Lists write leading zeros (`001.002.003.004`), which are no octal digits there. */
function parseIp(text: string): Ip | null {
  if (new RegExp(`^${V4}$`).test(text)) {
    const bytes = text.split('.').map(Number);
    return bytes.some((byte) => byte > 255) ? null : bytes.reduce((ip, byte) => ip * 256 + byte, 0);
  }
  if (!ipaddr.IPv6.isValid(text)) return null;
  const parsed = ipaddr.IPv6.parse(text);
  if (parsed.isIPv4MappedAddress()) return parseIp(parsed.toIPv4Address().toString());
  return parsed.toByteArray().reduce((ip, byte) => (ip << 8n) | BigInt(byte), 0n);
}

function merged<T extends Ip>(ranges: readonly Range<T>[]): Range<T>[] {
  const sorted = ranges.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const whole: Range<T>[] = [];
  for (const range of sorted) {
    const before = whole.at(-1);
    if (before === undefined || range[0] > before[1]) whole.push(range);
    else if (range[1] > before[1]) whole[whole.length - 1] = [before[0], range[1]];
  }
  return whole;
}

function lies<T extends Ip>(ip: T, ranges: readonly Range<T>[]): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [first, last] = ranges[middle] as Range<T>;
    if (ip < first) high = middle;
    else if (ip > last) low = middle + 1;
    else return true;
  }
  return false;
}
