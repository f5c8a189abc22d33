import { describe, expect, test } from 'vitest';
import { parseMpd } from './mpd.ts';
import { type AvailableWindow, timedSegments } from './timed-segments.ts';

const BASE = new URL('https://origin.example/films/film.mpd');

function mpd(periods: string, attributes = 'type="static" mediaPresentationDuration="PT10S"') {
  return parseMpd(
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" ${attributes}>${periods}</MPD>`,
    BASE,
  );
}

function set(inner: string, attributes = 'mimeType="video/mp4"'): string {
  return `<AdaptationSet ${attributes}>${inner}<Representation id="r1" bandwidth="900"/></AdaptationSet>`;
}

/** Address, start and length of each segment of the first representation of each period. */
function segmentsOf(document: ReturnType<typeof mpd>, window: AvailableWindow | null = null) {
  return document.periods.flatMap((period) => {
    const addressing = period.representations[0]?.addressing;
    if (!addressing || addressing.kind === 'file') return [];
    return timedSegments(addressing, period, window).map(({ resource, startSeconds, durationSeconds }) => [
      resource.url.href.replace('https://origin.example/films/', ''),
      startSeconds,
      durationSeconds,
    ]);
  });
}

const template = (attributes: string, inner = '') =>
  `<SegmentTemplate ${attributes}>${inner}</SegmentTemplate>`;

describe('segments', () => {
  test('of one length, the last one shorter', () => {
    const document = mpd(
      `<Period>${set(template('timescale="1000" duration="4000" startNumber="7" media="$RepresentationID$-$Number%03d$.m4s?b=$Bandwidth$&amp;$$"'))}</Period>`,
    );
    expect(segmentsOf(document)).toEqual([
      ['r1-007.m4s?b=900&$', 0, 4],
      ['r1-008.m4s?b=900&$', 4, 4],
      ['r1-009.m4s?b=900&$', 8, 2],
    ]);
  });

  test('one by one, with repetitions, offsets and times beyond 2^53', () => {
    const entries = '<S t="17000000000000000001" d="20000000" r="1"/><S d="10000000"/>';
    const document = mpd(
      `<Period start="PT5S">${set(
        template(
          'timescale="10000000" presentationTimeOffset="17000000000000000001" media="$Time$.m4s"',
          `<SegmentTimeline>${entries}</SegmentTimeline>`,
        ),
      )}</Period>`,
    );
    expect(segmentsOf(document)).toEqual([
      ['17000000000000000001.m4s', 5, 2],
      ['17000000000020000001.m4s', 7, 2],
      ['17000000000040000001.m4s', 9, 1],
    ]);
  });

  test('repeated until the next entry, and until the end of the period', () => {
    const document = mpd(
      `<Period duration="PT10S">${set(template('media="$Time$"', '<SegmentTimeline><S t="0" d="2" r="-1"/><S t="4" d="3" r="-1"/></SegmentTimeline>'))}</Period>`,
    );
    expect(segmentsOf(document).map(([, start]) => start)).toEqual([0, 2, 4, 7]);
  });

  test('of a list, with ranges', () => {
    const document = mpd(
      `<Period>${set('<SegmentList duration="5"><Initialization sourceURL="i.mp4" range="0-99"/><SegmentURL media="a.mp4" mediaRange="100-199"/><SegmentURL media="b.mp4"/></SegmentList>')}</Period>`,
    );
    expect(segmentsOf(document).map(([href]) => href)).toEqual(['a.mp4', 'b.mp4']);
    expect(document.periods[0]?.representations[0]?.addressing.init?.range).toEqual({ start: 0, end: 100 });
  });

  test('of periods that follow each other, by addresses of their own', () => {
    const inner = set(template('duration="5" media="$Number$"'));
    const document = mpd(
      `<BaseURL>x/</BaseURL><Period duration="PT5S"><BaseURL>one/</BaseURL>${inner}</Period><Period duration="PT5S">${inner}</Period>`,
    );
    expect(segmentsOf(document)).toEqual([
      ['x/one/1', 0, 5],
      ['x/1', 5, 5],
    ]);
  });

  test('of a live window are those that have ended', () => {
    const document = mpd(
      `<Period start="PT0S">${set(template('duration="2" media="$Number$"'))}</Period>`,
      'type="dynamic" availabilityStartTime="1970-01-01T00:00:00Z" timeShiftBufferDepth="PT6S"',
    );
    const window = { fromSeconds: 1_700_000_000, untilSeconds: 1_700_000_007 };
    expect(segmentsOf(document, window).map(([, start]) => start)).toEqual([
      1_700_000_000, 1_700_000_002, 1_700_000_004,
    ]);
  });
});

describe('representations', () => {
  test('inherit from their set, and what needs more than we know is left out', () => {
    const document = mpd(`<Period>
      ${set(`${template('duration="5" media="$Number$"')}<EssentialProperty schemeIdUri="http://dashif.org/guidelines/trickmode"/>`)}
      ${set(template('duration="5" media="$Number$"'), 'mimeType="video/webm"')}
      ${set(`${template('duration="5" media="$Number$"')}<ContentProtection schemeIdUri="urn:mpeg:dash:mp4protection:2011"/>`)}
      ${set(`<Label>Commentary</Label><Role value="commentary"/>${template('duration="5" media="$Number$"')}`, 'mimeType="audio/mp4" lang="en" codecs="mp4a.40.2"')}
    </Period>`);
    expect(document.periods[0]?.representations).toMatchObject([
      { kind: 'video', isProtected: true },
      {
        kind: 'audio',
        language: 'en',
        label: 'Commentary',
        codecs: 'mp4a.40.2',
        isMain: false,
        isProtected: false,
      },
    ]);
  });
});

describe('hostile documents', () => {
  const timeline = (entry: string) =>
    mpd(`<Period>${set(template('media="$Time$"', `<SegmentTimeline>${entry}</SegmentTimeline>`))}</Period>`);

  test.each([
    ['a repetition without end', () => segmentsOf(timeline('<S t="0" d="1" r="2000000000"/>'))],
    ['segments of no length', () => segmentsOf(timeline('<S t="0" d="0" r="-1"/>'))],
    [
      'ever shorter segments',
      () =>
        segmentsOf(
          mpd(`<Period>${set(template('timescale="4000000000" duration="1" media="$Number$"'))}</Period>`),
        ),
    ],
    [
      'no length at all',
      () => segmentsOf(mpd(`<Period>${set(template('duration="1" media="$Number$"'))}</Period>`, '')),
    ],
    ['no XML', () => parseMpd('<MPD><Period></MPD>', BASE)],
    ['another root', () => parseMpd('<html/>', BASE)],
    ['elements without end', () => mpd('<a>'.repeat(50) + '</a>'.repeat(50))],
  ])('%s: refused', (_, act) => {
    expect(act).toThrow(expect.objectContaining({ code: 'media_damaged' }));
  });

  test('what many representations inherit is read once', () => {
    const one = '<Representation id="r" bandwidth="1"/>';
    const timed = template('media="$Time$"', '<SegmentTimeline><S d="1"/></SegmentTimeline>');
    const document = mpd(
      `<Period>${timed}<AdaptationSet mimeType="video/mp4">${one.repeat(1000)}</AdaptationSet></Period>`,
    );
    const timelines = (document.periods[0]?.representations ?? []).map(({ addressing }) =>
      addressing.kind === 'segments' && 'timeline' in addressing.cuts ? addressing.cuts.timeline : null,
    );
    expect(timelines).toHaveLength(300);
    expect(new Set(timelines).size).toBe(1);
  });

  test('a window of a stream that began in 1970 costs no more than the window', () => {
    const window = { fromSeconds: 1_700_000_000, untilSeconds: 1_700_000_006 };
    expect(
      segmentsOf(timeline('<S t="0" d="2" r="1000000000"/>'), { ...window, fromSeconds: 1_999_999_998 }),
    ).toHaveLength(2);
    const since1970 = mpd(
      `<Period start="PT0S">${set(template('duration="2" media="$Number$"'))}</Period>`,
      'type="dynamic"',
    );
    expect(segmentsOf(since1970, { ...window, fromSeconds: 0 })).toHaveLength(10_000);
  });

  test.each(['file:///etc/', 'http://169.254.169.254/', 'data:video/mp4,'])(
    'segments at %s are refused',
    (base) => {
      expect(() =>
        segmentsOf(
          mpd(`<BaseURL>${base}</BaseURL><Period>${set(template('duration="5" media="$Number$"'))}</Period>`),
        ),
      ).toThrow(expect.objectContaining({ code: 'source_refused' }));
    },
  );

  test('an entity of its own is not expanded', () => {
    const bomb = '<!DOCTYPE MPD [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>';
    const act = () => parseMpd(`${bomb}<MPD><BaseURL>&b;</BaseURL><Period/></MPD>`, BASE);
    expect(act).toThrow(expect.objectContaining({ code: 'media_damaged' }));
  });
});
