import ipaddr from 'ipaddr.js';
import type { CastDevice } from '../types.ts';

/** What devices announce themselves as (mDNS, DNS-SD). */
export const CAST_SERVICE = '_googlecast._tcp.local';

/** A DNS record as `multicast-dns` reads it; its data is the network's, and may be anything. */
export interface DnsRecord {
  name: string;
  type: string;
  ttl?: number | undefined;
  data?: unknown;
}

export interface Announcement {
  /** The service instance, e.g. `Chromecast-8f3a._googlecast._tcp.local`. */
  instance: string;
  /** Null: it says good-bye (a time to live of 0, RFC 6762 §10.1). */
  device: CastDevice | null;
  ttlSeconds: number;
}

/**
 * What a packet announces, and instances that it only names: these have to be asked for.
 *
 * @param from the address that sent the packet
 */
export function readAnnouncements(
  packet: { answers?: readonly DnsRecord[]; additionals?: readonly DnsRecord[] },
  from: string,
): { announcements: Announcement[]; unresolved: string[] } {
  const records = [...(packet.answers ?? []), ...(packet.additionals ?? [])].slice(0, MAX_RECORDS);
  const instances = new Map<string, DnsRecord[]>();
  for (const record of records) {
    const instance = instanceOf(record);
    if (instance !== null) instances.set(instance, [...(instances.get(instance) ?? []), record]);
  }
  const announcements: Announcement[] = [];
  const unresolved: string[] = [];
  for (const [instance, own] of instances) {
    const service = own.find(({ type }) => type === 'SRV');
    const text = own.find(({ type }) => type === 'TXT');
    if (own.some(({ type, ttl }) => (type === 'PTR' || type === 'SRV') && ttl === 0)) {
      announcements.push({ instance, device: null, ttlSeconds: 0 });
    } else if (service && text) {
      const device = deviceOf(instance, { service, text, records }, from);
      if (device) announcements.push({ instance, device, ttlSeconds: ttlOf(service) });
    } else if (!service) unresolved.push(instance);
  }
  return { announcements, unresolved };
}

/** More than any device sends at once. */
const MAX_RECORDS = 200;
const MAX_NAME_CHARACTERS = 100;
/** RFC 6762 §10: of records that hold a host's name. A device that claims to stay for a year is looked for again all the same. */
const USUAL_TTL_SECONDS = 120;
/** Bit 0 of `ca`: it has a screen. */
const CAPABLE_OF_VIDEO = 1;

function instanceOf({ name, type, data }: DnsRecord): string | null {
  if (type === 'PTR')
    return isName(name) && name.toLowerCase() === CAST_SERVICE && isName(data) ? data.toLowerCase() : null;
  if (type !== 'SRV' && type !== 'TXT') return null;
  return isName(name) && name.toLowerCase().endsWith(`.${CAST_SERVICE}`) ? name.toLowerCase() : null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= 255;
}

function deviceOf(
  instance: string,
  { service, text, records }: { service: DnsRecord; text: DnsRecord; records: readonly DnsRecord[] },
  from: string,
): CastDevice | null {
  const { target, port } = (service.data ?? {}) as { target?: unknown; port?: unknown };
  if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535) return null;
  const members = textMembers(text.data);
  const model = shown(members.get('md'));
  const capabilities = Number(members.get('ca') ?? CAPABLE_OF_VIDEO);
  return {
    id: /^[0-9a-z-]{1,64}$/i.exec(members.get('id') ?? '')?.[0] ?? instance,
    name: shown(members.get('fn')) ?? model ?? shown(instance.split('.')[0]) ?? 'Chromecast',
    model,
    host: addressOf(target, records, from),
    port: Number(port),
    hasVideo: (capabilities & CAPABLE_OF_VIDEO) !== 0,
    isManual: false,
  };
}

/**
 * The address that the packet gives for the device, where that is one of a home's network: a reflector between two networks sends packets from its
 * own. Any other claim counts for nothing: whoever sent the packet is there.
 */
function addressOf(target: unknown, records: readonly DnsRecord[], from: string): string {
  const claimed = records.find(
    ({ name, type, data }) => type === 'A' && name === target && isHomeAddress(data),
  );
  return (claimed?.data as string | undefined) ?? from;
}

function isHomeAddress(address: unknown): boolean {
  if (typeof address !== 'string' || !ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  return ['private', 'linkLocal', 'carrierGradeNat'].includes(ipaddr.IPv4.parse(address).range());
}

/** `key=value`, each in a string of its own (RFC 6763 §6); of a key that is there twice the first counts. */
function textMembers(data: unknown): Map<string, string> {
  const members = new Map<string, string>();
  const strings = Array.isArray(data) ? data.slice(0, MAX_RECORDS) : [data];
  for (const string of strings) {
    if (!(string instanceof Uint8Array)) continue;
    const [, key, value] = /^([\x20-\x3c\x3e-\x7e]+)=(.*)$/s.exec(new TextDecoder().decode(string)) ?? [];
    if (key !== undefined && value !== undefined && !members.has(key.toLowerCase()))
      members.set(key.toLowerCase(), value);
  }
  return members;
}

/** A stranger's text as it may be shown: no controls, nothing that turns the line around, not too long; null when nothing is left. */
function shown(text: string | undefined): string | null {
  const plain = (text ?? '').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim();
  return [...plain].slice(0, MAX_NAME_CHARACTERS).join('') || null;
}

function ttlOf({ ttl }: DnsRecord): number {
  return Math.min(ttl ?? USUAL_TTL_SECONDS, USUAL_TTL_SECONDS);
}
