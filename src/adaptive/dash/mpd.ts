import { damaged, MAX_RENDITIONS, MAX_VARIANTS, resolveUrl } from '../limits.ts';
import { type Addressing, addressingOf } from './addressing.ts';
import { childOf, childrenOf, durationOf, momentOf, numberOf, parseXml, type XmlElement } from './xml.ts';

/** A Media Presentation Description (ISO/IEC 23009-1), as far as it is played. Seconds. */
export interface Mpd {
  isDynamic: boolean;
  /** Since 1970: when the presentation's time 0 was, or is, for a dynamic one. */
  availabilityStartSeconds: number;
  durationSeconds: number | null;
  /** How soon the document may change; null when it will not. */
  minimumUpdateSeconds: number | null;
  /** How far behind the live edge segments are kept; null for as long as the presentation has run. */
  timeShiftSeconds: number | null;
  /** The server's clock, since 1970, as it was when the document was written into the answer; null when it does not say. */
  utcSeconds: number | null;
  /** Where the document is to be fetched from next. */
  location: URL | null;
  periods: Period[];
}

export interface Period {
  startSeconds: number;
  /** Null for the last one of a presentation whose end nobody knows. */
  durationSeconds: number | null;
  representations: Representation[];
}

export interface Representation {
  /** Which it is, in every period. */
  id: string;
  kind: 'video' | 'audio';
  /** Which adaptation set it belongs to: representations of one set are the same content. */
  set: number;
  codecs: string;
  /** Bits per second. */
  bandwidth: number;
  width: number | null;
  height: number | null;
  frameRate: number | null;
  language: string | null;
  label: string | null;
  isMain: boolean;
  channels: number | null;
  isProtected: boolean;
  addressing: Addressing;
}

/** Why a period's start may be unknown is told in §5.3.2.1; what plays knows all of them. */
export function parseMpd(text: string, address: URL): Mpd {
  const root = parseXml(text);
  if (root.name !== 'MPD') throw damaged('is no MPD');
  const isDynamic = root.attributes.get('type') === 'dynamic';
  const durationSeconds = durationOf(root.attributes.get('mediaPresentationDuration'));
  const direct = childrenOf(root, 'UTCTiming').find((one) =>
    /:utc:direct:/.test(one.attributes.get('schemeIdUri') ?? ''),
  );
  const location = childOf(root, 'Location')?.text;
  return {
    isDynamic,
    availabilityStartSeconds: momentOf(root.attributes.get('availabilityStartTime')) ?? 0,
    durationSeconds,
    minimumUpdateSeconds: durationOf(root.attributes.get('minimumUpdatePeriod')),
    timeShiftSeconds: durationOf(root.attributes.get('timeShiftBufferDepth')),
    utcSeconds: momentOf(direct?.attributes.get('value')),
    location: location ? resolveUrl(location, address) : null,
    periods: periodsOf(root, baseOf(root, address), durationSeconds),
  };
}

/** §5.3.2.1: a period begins where it says, else where the one before it ends; it ends where the next begins, else with the presentation. */
function periodsOf(root: XmlElement, base: URL, totalSeconds: number | null): Period[] {
  const elements = childrenOf(root, 'Period');
  const starts: (number | null)[] = [];
  elements.forEach((element, index) => {
    const before = starts[index - 1];
    const length = index === 0 ? null : durationOf(elements[index - 1]?.attributes.get('duration'));
    const follows = index === 0 ? 0 : before != null && length !== null ? before + length : null;
    starts.push(durationOf(element.attributes.get('start')) ?? follows);
  });
  return elements.flatMap((element, index) => {
    const startSeconds = starts[index];
    if (startSeconds == null) return []; // announced early: it has no time yet
    const next = starts[index + 1] ?? (index === elements.length - 1 ? totalSeconds : null);
    const durationSeconds =
      durationOf(element.attributes.get('duration')) ??
      (next === null ? null : Math.max(0, next - startSeconds));
    return [
      { startSeconds, durationSeconds, representations: representationsOf(element, baseOf(element, base)) },
    ];
  });
}

function representationsOf(period: XmlElement, base: URL): Representation[] {
  const found: Representation[] = [];
  let left = MAX_VARIANTS + MAX_RENDITIONS;
  childrenOf(period, 'AdaptationSet').forEach((set, index) => {
    // What cannot be played without knowing more (§5.8.4.8): tiles, trick modes, one eye of two.
    if (childOf(set, 'EssentialProperty')) return;
    const setBase = baseOf(set, base);
    for (const element of childrenOf(set, 'Representation').slice(0, left)) {
      left -= 1; // those that cannot be played cost as much to look at
      if (childOf(element, 'EssentialProperty')) continue;
      const representation = representationOf([period, set, element], index, baseOf(element, setBase));
      if (representation) found.push(representation);
    }
  });
  return found;
}

/** @param levels period, adaptation set, representation: the inner ones count before the outer ones */
function representationOf(levels: readonly XmlElement[], set: number, base: URL): Representation | null {
  const attribute = (name: string) =>
    levels.findLast(({ attributes }) => attributes.has(name))?.attributes.get(name);
  const inner = levels.slice(1).toReversed();
  const child = (name: string) => inner.flatMap((element) => childrenOf(element, name))[0];
  const type = attribute('mimeType') ?? '';
  const kind = /^(?:video|audio)\/mp4$/i.exec(type)
    ? (type.toLowerCase().slice(0, 5) as 'video' | 'audio')
    : null;
  const id = attribute('id') ?? '';
  const bandwidth = Math.round(numberOf(levels.at(-1), 'bandwidth') ?? 0);
  const addressing = addressingOf(levels, base, { id, bandwidth });
  if (kind === null || addressing === null) return null;
  const whole = (name: string) => {
    const value = Number(attribute(name) ?? Number.NaN);
    return Number.isInteger(value) && value > 0 && value < 100_000 ? value : null;
  };
  const [frames = Number.NaN, per = 1] = (attribute('frameRate') ?? '').split('/').map(Number);
  const frameRate = frames / per;
  const role = child('Role')?.attributes.get('value');
  return {
    ...{ id, kind, set, bandwidth, addressing },
    codecs: attribute('codecs') ?? '',
    width: whole('width'),
    height: whole('height'),
    frameRate: Number.isFinite(frameRate) && frameRate > 0 ? frameRate : null,
    language: attribute('lang') ?? null,
    label: child('Label')?.text || null,
    isMain: role === undefined || role === 'main',
    channels: channelsOf(child('AudioChannelConfiguration')),
    isProtected: child('ContentProtection') !== undefined,
  };
}

/** Only the scheme that writes a plain number of channels (§5.8.5.4). */
function channelsOf(configuration: XmlElement | undefined): number | null {
  const value = numberOf(configuration, 'value');
  const isCount =
    configuration?.attributes.get('schemeIdUri') === 'urn:mpeg:dash:23003:3:audio_channel_configuration:2011';
  return isCount && value !== null && Number.isInteger(value) && value > 0 && value <= 64 ? value : null;
}

/** Of several base addresses the first: the others are its copies. */
function baseOf(element: XmlElement, base: URL): URL {
  const text = childOf(element, 'BaseURL')?.text;
  return text ? resolveUrl(text, base) : base;
}
