import { expect, test } from 'vitest';
import { trackerName, troubleText } from './tracker-name.ts';

test.each([
  ['udp://tracker.example:1337/announce', 'udp://tracker.example:1337'],
  ['https://tracker.example/0123456789abcdef/announce', 'https://tracker.example'],
  ['http://tracker.example:80/announce?passkey=0123456789abcdef', 'http://tracker.example:80'],
  ['HTTPS://user:secret@Tracker.example:8443/announce', 'https://tracker.example:8443'],
  ['wss://[2001:db8::1]:444/a', 'wss://[2001:db8::1]:444'],
  ['http://', 'http://?'],
])('%s is shown as %s', (url, name) => {
  expect(trackerName(url)).toBe(name);
});

const URL_WITH_KEY = 'https://private.example/an%20old%20key0/announce?passkey=0123456789abcdef';

test.each([
  [
    'its address',
    `Non-200 response code 403 from ${URL_WITH_KEY}`,
    'Non-200 response code 403 from https://private.example',
  ],
  ['its address in brackets', `timed out (${URL_WITH_KEY})`, 'timed out (https://private.example)'],
  ['another one', 'moved to http://other.example/fedcba9876543210', 'moved to http://other.example'],
  ['its key alone', 'Unknown passkey 0123456789abcdef!', 'Unknown passkey …!'],
  ['its key, decoded', 'Unknown: an old key0', 'Unknown: …'],
  ['more than a line', 'one\r\n\u0007two', 'one two'],
])('what went wrong names no key: %s', (_what, message, text) => {
  expect(troubleText(new Error(message), URL_WITH_KEY)).toBe(text);
});

test('the cause says more, plain text is read too, and nothing is long', () => {
  const cause = new Error('connect ECONNREFUSED 127.0.0.1:9');
  expect(troubleText(new TypeError('fetch failed', { cause }))).toBe('connect ECONNREFUSED 127.0.0.1:9');
  expect(troubleText('Invalid announce')).toBe('Invalid announce');
  expect(troubleText(new Error('x'.repeat(5000)))).toHaveLength(120);
});
