import { deviceAddress } from '../../../src/cast/device-address.ts';
import type { CastDevice, CastState } from '../../../src/cast/types.ts';

/** What the remote control says above the device's name. */
export function stateLabel(state: CastState): string {
  if (isStarting(state)) return 'Casting to';
  return state === 'paused' ? 'Paused on' : state === 'ended' ? 'Played on' : 'Playing on';
}

/** What it says below, of what is waited for; empty where nothing is. */
export function stateText(state: CastState, deviceName: string): string {
  switch (state) {
    case 'connecting':
      return 'Connecting…';
    case 'preparing':
      return 'Getting the film ready…';
    case 'loading':
      return 'Loading the film…';
    case 'buffering':
      return 'Buffering…';
    case 'ended':
      return 'The film has ended.';
    case 'reconnecting':
      return `No contact with ${deviceName}. Looking for it again; the film may play on there…`;
    default:
      return '';
  }
}

/** Whether the device is still getting there: nothing can be steered yet. */
export function isStarting(state: CastState): boolean {
  return state === 'connecting' || state === 'preparing' || state === 'loading';
}

/** What tells a device from its siblings. */
export function deviceHint(device: CastDevice): string {
  return (device.isManual ? null : device.model) ?? deviceAddress(device);
}

/** Screens first, then by name, so that the list does not jump about as devices answer. */
export function inOrder(devices: readonly CastDevice[]): CastDevice[] {
  return [...devices].sort(
    (a, b) =>
      Number(b.hasVideo) - Number(a.hasVideo) || a.name.localeCompare(b.name) || a.id.localeCompare(b.id),
  );
}
