import { RaffiError } from '../../errors.ts';
import type { Payload } from './payloads.ts';

/** What an answer of a device refuses; null for one that does not. `data.reason` is the device's own word. */
export function refusalIn(answer: Payload): RaffiError | null {
  const { type } = answer;
  const reason = typeof answer.reason === 'string' ? answer.reason.slice(0, MAX_REASON_CHARACTERS) : type;
  const details = detailsOf(answer);
  switch (type) {
    case 'LAUNCH_ERROR':
      return new RaffiError('cast_refused', LAUNCH_REFUSALS.get(reason) ?? NOT_STARTED, { data: { reason } });
    case 'LOAD_FAILED':
      return new RaffiError('cast_failed', `The device could not load the film${details}. ${TRY_OTHERWISE}`, {
        data: { reason, ...codeOf(answer) },
      });
    case 'LOAD_CANCELLED':
      return new RaffiError('cast_failed', 'Another film was sent to the device meanwhile. Cast again.', {
        data: { reason },
      });
    case 'INVALID_PLAYER_STATE':
    case 'INVALID_REQUEST':
    case 'INVALID_COMMAND':
    case 'NOT_SUPPORTED':
    case 'ERROR':
      return new RaffiError(
        'cast_failed',
        `The device cannot do that now (${reason}${details}). Try again, or cast the film anew.`,
        { data: { reason, ...codeOf(answer) } },
      );
    default:
      return null;
  }
}

const MAX_REASON_CHARACTERS = 100;
const TRY_OTHERWISE =
  'Try again; if it fails again, check in Raffi whether the device can reach this computer.';
const NOT_STARTED = 'The device does not start its player. Switch it off and on, then cast again.';
/** `chrome.cast`'s launch errors. */
const LAUNCH_REFUSALS = new Map([
  ['CANCELLED', 'Somebody refused it at the device. Cast again, and allow it there.'],
  ['NOT_ALLOWED', 'The device does not let this computer cast. Allow it in the Google Home app.'],
  ['TIMEOUT', 'The device did not start its player in time. Cast again.'],
]);

/** Google's "Error codes": 104 is that the receiver could not fetch, 3xx of network, 4xx of HLS. */
function codeOf({ detailedErrorCode }: Payload): { detailedErrorCode?: number } {
  return typeof detailedErrorCode === 'number' ? { detailedErrorCode } : {};
}

function detailsOf(answer: Payload): string {
  const { detailedErrorCode } = codeOf(answer);
  return detailedErrorCode === undefined ? '' : `, error ${detailedErrorCode}`;
}
