import { describe, expect, it, vi } from 'vitest';
import { Growing } from './growing.ts';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

describe('Growing', () => {
  it('gives every reader all of it, the late one too', async () => {
    const growing = new Growing<number>();
    const early = all(growing.read());
    growing.push(1);
    growing.push(2);
    const late = all(growing.read());
    growing.push(3);
    growing.end();
    expect(await Promise.all([early, late, all(growing.read())])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('gives an item as soon as it is there', async () => {
    const growing = new Growing<number>();
    const reader = growing.read();
    const first = reader.next();
    growing.push(1);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(growing.isWhole).toBe(false);
  });

  it('gives what there was before it fails', async () => {
    const growing = new Growing<number>();
    growing.push(1);
    growing.fail(new Error('died'));
    growing.push(2);
    const reader = growing.read();
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    await expect(reader.next()).rejects.toThrow('died');
  });

  it('lets a reader leave by its signal without harm to others, and tells when the last has left', async () => {
    const onIdle = vi.fn();
    const growing = new Growing<number>(onIdle);
    const leaving = new AbortController();
    const [one, other] = [growing.read(leaving.signal), growing.read()];
    const waiting = one.next();
    const next = other.next();
    expect(growing.readers).toBe(2);
    leaving.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect(onIdle).not.toHaveBeenCalled();
    growing.push(1);
    expect(await next).toEqual({ done: false, value: 1 });
    await other.return();
    expect(onIdle).toHaveBeenCalledOnce();
    expect(growing.readers).toBe(0);
  });

  it('is not idle when it is over', async () => {
    const onIdle = vi.fn();
    const growing = new Growing<number>(onIdle);
    growing.end();
    expect(await all(growing.read())).toEqual([]);
    expect(onIdle).not.toHaveBeenCalled();
  });
});
