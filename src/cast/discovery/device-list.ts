import type { CastDevice } from '../types.ts';
import type { Announcement } from './announcement.ts';

/** More than a household has; a network that claims more is lying. */
const MAX_DEVICES = 100;

/** The devices that are there: they come by announcing themselves, and go by a good-bye or by not announcing themselves again. */
export class DeviceList {
  readonly #entries = new Map<string, { device: CastDevice; untilMs: number }>();

  /** By name. */
  get devices(): CastDevice[] {
    return [...this.#entries.values()]
      .map(({ device }) => device)
      .toSorted((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
  }

  /** True when the list has changed. @param nowMs of one monotonic clock */
  heed({ instance, device, ttlSeconds }: Announcement, nowMs: number): boolean {
    if (!device) return this.#entries.delete(instance);
    // A device that was given another name announces itself anew.
    for (const [other, entry] of this.#entries)
      if (other !== instance && entry.device.id === device.id) this.#entries.delete(other);
    const known = this.#entries.get(instance);
    if (!known && this.#entries.size >= MAX_DEVICES) return false;
    this.#entries.set(instance, { device, untilMs: nowMs + ttlSeconds * 1000 });
    return JSON.stringify(known?.device) !== JSON.stringify(device);
  }

  /** Drops who has not been heard of in time. True when somebody was. */
  expire(nowMs: number): boolean {
    const before = this.#entries.size;
    for (const [instance, { untilMs }] of this.#entries) if (untilMs <= nowMs) this.#entries.delete(instance);
    return this.#entries.size < before;
  }
}
