import type { Resource } from '../../source/http-resources.ts';
import type { ByteRange } from '../../source/range.ts';
import { damaged, MAX_SEGMENTS, resolveUrl } from '../limits.ts';
import { childOf, childrenOf, numberOf, type XmlElement } from './xml.ts';

/** How a representation's segments are found (ISO/IEC 23009-1 §5.3.9). */
export type Addressing = {
  /** Units per second of all times below. */
  timescale: number;
  /** Media time at which the period begins. */
  presentationTimeOffset: bigint;
  init: Resource | null;
} & (
  | {
      kind: 'segments';
      cuts: Cuts;
      /** So many at most; infinite where the document does not say. */
      count: number;
      /** Made when asked for: hundreds of representations may share tens of thousands of addresses. */
      resourceAt: (index: number, time: bigint) => Resource;
    }
  /** One file; its own index (`sidx`) lies at `index`, or it is one segment. */
  | { kind: 'file'; url: URL; index: ByteRange | null }
);

/** Where segments begin and end: all of one length, or one by one. */
export type Cuts = { duration: number } | { timeline: readonly TimelineEntry[] };

/** `S` of a SegmentTimeline: `repeat` further ones of the same length follow; negative: until the next entry, or the end. */
export interface TimelineEntry {
  /** Null where it follows on. */
  time: bigint | null;
  duration: number;
  repeat: number;
}

/**
 * What the levels of the document say together: attributes of inner ones replace those of outer ones.
 *
 * @param levels period, adaptation set, representation
 * @returns null for a template or list without what it takes to find a segment
 */
export function addressingOf(
  levels: readonly XmlElement[],
  base: URL,
  names: { id: string; bandwidth: number },
): Addressing | null {
  for (const name of ['SegmentTemplate', 'SegmentList', 'SegmentBase'] as const) {
    const elements = levels.flatMap((level) => childrenOf(level, name).slice(0, 1)).toReversed();
    if (elements.length > 0) return READERS[name](elements, base, names);
  }
  return { ...commonOf([]), kind: 'file', url: base, index: null, init: null };
}

type Reader = (
  elements: XmlElement[],
  base: URL,
  names: { id: string; bandwidth: number },
) => Addressing | null;

/** `elements` from the innermost to the outermost. */
const READERS: Record<'SegmentTemplate' | 'SegmentList' | 'SegmentBase', Reader> = {
  SegmentTemplate: (elements, base, names) => {
    const media = attributeOf(elements, 'media');
    const cuts = cutsOf(elements);
    if (media === undefined || cuts === null) return null;
    const init = attributeOf(elements, 'initialization');
    const first = wholeOf(elements, 'startNumber') ?? 1;
    const last = wholeOf(elements, 'endNumber');
    const at = (template: string, number: number, time: bigint) =>
      resolveUrl(filled(template, { ...names, number, time }), base);
    return {
      ...commonOf(elements),
      kind: 'segments',
      cuts,
      count: last === null ? Number.POSITIVE_INFINITY : Math.max(0, last - first + 1),
      init: init === undefined ? initOf(elements, base) : { url: at(init, 0, 0n), range: null },
      resourceAt: (index, time) => ({ url: at(media, first + index, time), range: null }),
    };
  },
  SegmentList: (elements, base) => {
    const list = elements.find((element) => childOf(element, 'SegmentURL'));
    const media = list ? segmentUrlsOf(list) : [];
    const cuts = cutsOf(elements);
    if (media.length === 0 || media.length > MAX_SEGMENTS || cuts === null) return null;
    return {
      ...commonOf(elements),
      kind: 'segments',
      cuts,
      count: media.length,
      init: initOf(elements, base),
      resourceAt: (index) => {
        const attributes = media[index]?.attributes;
        if (!attributes) throw damaged('has fewer segments than it claims');
        return {
          url: resolveUrl(attributes.get('media') ?? '', base),
          range: rangeOf(attributes.get('mediaRange')),
        };
      },
    };
  },
  SegmentBase: (elements, base) => {
    const index = rangeOf(attributeOf(elements, 'indexRange'));
    const head = index && index.start > 0 ? { url: base, range: { start: 0, end: index.start } } : null;
    return { ...commonOf(elements), kind: 'file', url: base, index, init: initOf(elements, base) ?? head };
  },
};

function commonOf(elements: XmlElement[]) {
  const offset = attributeOf(elements, 'presentationTimeOffset')?.trim() ?? '';
  return {
    timescale: Math.max(1, wholeOf(elements, 'timescale') ?? 1),
    presentationTimeOffset: /^\d{1,20}$/.test(offset) ? BigInt(offset) : 0n,
  };
}

function cutsOf(elements: XmlElement[]): Cuts | null {
  const timeline = elements.map((element) => childOf(element, 'SegmentTimeline')).find((found) => found);
  if (timeline) return { timeline: timelineOf(timeline) };
  const duration = wholeOf(elements, 'duration');
  return duration === null || duration === 0 ? null : { duration };
}

const segmentUrlsOf = readOnce((list) => childrenOf(list, 'SegmentURL'));

const timelineOf = readOnce((timeline): readonly TimelineEntry[] => {
  const entries = childrenOf(timeline, 'S').map((entry) => ({
    time: /^\d{1,20}$/.test(entry.attributes.get('t') ?? '') ? BigInt(entry.attributes.get('t') ?? 0) : null,
    duration: numberOf(entry, 'd') ?? 0,
    repeat: Math.trunc(Number(entry.attributes.get('r') ?? 0)) || 0,
  }));
  // A segment of no length would never end a repetition.
  if (entries.some(({ duration }) => duration < 1 || !Number.isSafeInteger(duration)))
    throw damaged('has segments of no length');
  return entries;
});

/** Reads an element once, however many representations inherit it: a hostile document would multiply what it costs. */
function readOnce<T extends object>(read: (element: XmlElement) => T): (element: XmlElement) => T {
  const known = new WeakMap<XmlElement, T>();
  return (element) => {
    const value = known.get(element) ?? read(element);
    known.set(element, value);
    return value;
  };
}

function initOf(elements: XmlElement[], base: URL): Resource | null {
  const init = elements.map((element) => childOf(element, 'Initialization')).find((found) => found);
  if (!init) return null;
  const source = init.attributes.get('sourceURL');
  return {
    url: source === undefined ? base : resolveUrl(source, base),
    range: rangeOf(init.attributes.get('range')),
  };
}

function attributeOf(elements: readonly XmlElement[], name: string): string | undefined {
  return elements.find(({ attributes }) => attributes.has(name))?.attributes.get(name);
}

function wholeOf(elements: readonly XmlElement[], name: string): number | null {
  const value = numberOf(
    elements.find(({ attributes }) => attributes.has(name)),
    name,
  );
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

/** `<first>-<last>`, both included. */
export function rangeOf(text: string | undefined): ByteRange | null {
  const [, first, last] = /^(\d{1,15})-(\d{1,15})$/.exec(text?.trim() ?? '') ?? [];
  const range = { start: Number(first), end: Number(last) + 1 };
  return first !== undefined && range.end > range.start ? range : null;
}

/** §5.3.9.4.4: identifiers between dollar signs, some with a width (`%05d`); `$$` is a dollar sign. */
function filled(
  template: string,
  values: { id: string; bandwidth: number; number: number; time: bigint },
): string {
  const { id, bandwidth, number, time } = values;
  return template.replace(
    /\$(?:(RepresentationID|Number|Time|Bandwidth)(?:%0(\d{1,2})d)?)?\$/g,
    (_, name?: string, width?: string) => {
      if (name === undefined) return '$';
      if (name === 'RepresentationID') return id;
      const value = name === 'Number' ? number : name === 'Time' ? time : bandwidth;
      return String(value).padStart(Number(width ?? 1), '0');
    },
  );
}
