import { expect, test } from 'vitest';
import { manifestKind } from './manifest-kind.ts';

test.each([
  ['#EXTM3U\n#EXT-X-VERSION:3\n', null, 'hls'],
  ['\uFEFF#EXTM3U\r\n#EXT-X-TARGETDURATION:3\r\n', 'text/plain', 'hls'],
  ['#EXTM3U\n#EXTINF:123,Sample\nhttp://host.example/a.mp3\n', 'audio/x-mpegurl', 'm3u'],
  ['<?xml version="1.0"?>\n<!-- made by hand -->\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011">', null, 'dash'],
  ['<dash:MPD xmlns:dash="urn:mpeg:dash:schema:mpd:2011">', null, 'dash'],
  [`<?xml version="1.0"?><!--${'x'.repeat(5000)}-->`, 'application/dash+xml', 'dash'],
  ['<!DOCTYPE html><title>MPD</title>', 'text/html', null],
  ['<svg xmlns="http://www.w3.org/2000/svg">', null, null],
  ['\x1aE\xdf\xa3', 'application/vnd.apple.mpegurl', null],
  ['', null, null],
])('%j (%s) is %s', (text, type, kind) => {
  expect(manifestKind(new TextEncoder().encode(text), type)).toBe(kind);
});
