import { describe, expect, it } from 'vitest';
import type { Growing } from '../../growing.ts';
import type { Packet } from '../../remux/packet.ts';
import { ActiveRun, type RunOwner } from './active-run.ts';
import { FakeRun } from './fake-run.fixture.ts';

const CUTS = [0, 2, 4, 6, 8];

/** A run from segment 1 on, and what its owner was told; `changes` is what the owner does otherwise. */
function runOf(changes: Partial<RunOwner> = {}) {
  const told: string[] = [];
  const encoders: FakeRun[] = [];
  const owner: RunOwner = {
    onHeader: ({ sampleEntry }) => told.push(sampleEntry),
    onBegun: (segment) => told.push(`begun ${segment}`),
    onMade: ({ segment, packets }) => told.push(`made ${segment}: ${packets.length}`),
    onLeft: () => told.push('left'),
    goesOn: () => 'yes',
    onPaused: () => told.push('paused'),
    onResumed: () => told.push('resumed'),
    ...changes,
  };
  const startRun = (first: number, onHeader: RunOwner['onHeader'], signal: AbortSignal) => {
    const encoder = new FakeRun(first, onHeader, signal);
    encoders.push(encoder);
    return { packets: encoder.packets(), last: 2 };
  };
  const run = new ActiveRun(
    1,
    { startRun, cuts: CUTS, toleranceSeconds: 1e-6, needsKeyframes: false },
    owner,
  );
  const [encoder] = encoders;
  if (!encoder) throw new Error('no encoder was started');
  return { run, encoder, told };
}

async function timesOf(packets: Growing<Packet>): Promise<number[]> {
  const times: number[] = [];
  for await (const { ptsSeconds } of packets.read()) times.push(ptsSeconds);
  return times;
}

describe('ActiveRun', () => {
  it('tells of each segment when it begins and when it is whole, and ends with the last', async () => {
    const { run, encoder, told } = runOf();
    encoder.announce();
    encoder.make(1, 4, 2);
    await run.follow();
    expect(told).toEqual(['mp4a', 'begun 1', 'made 1: 1', 'begun 2', 'made 2: 1']);
    expect(encoder.isOver).toBe(true);
  });

  it('tells of no segment that it begins when it has been stopped', async () => {
    const { run, encoder, told } = runOf({
      onMade: ({ segment }) => {
        told.push(`made ${segment}`);
        run.stop(new Error('It is needed elsewhere.'));
      },
    });
    encoder.make(1, 2, 2);
    await run.follow();
    expect(told).toEqual(['begun 1', 'made 1']);
  });

  it('makes the rest empty where the track ends before', async () => {
    const { run, encoder, told } = runOf();
    encoder.make(1, 1, 2);
    encoder.end();
    await run.follow();
    expect(told).toEqual(['begun 1', 'made 1: 1', 'made 2: 0']);
  });

  it('takes nothing while its owner wants nothing, and goes on when woken', async () => {
    let wants: 'yes' | 'later' = 'later';
    const { run, encoder, told } = runOf({ goesOn: () => wants });
    encoder.make(1, 3, 2);
    const followed = run.follow();
    await expect.poll(() => told).toContain('paused');
    expect(encoder.taken).toBe(1);
    wants = 'yes';
    run.wake();
    await followed;
    expect(told).toEqual(['begun 1', 'paused', 'resumed', 'made 1: 1', 'begun 2', 'made 2: 1']);
  });

  it('ends its encoder where its owner wants no more', async () => {
    const { run, encoder } = runOf({ goesOn: () => 'no' });
    encoder.make(1, 3, 2);
    await run.follow();
    expect([encoder.taken, encoder.isOver]).toEqual([1, true]);
  });

  it('stopped while it waits, it ends its encoder, and readers hear why after what there is', async () => {
    const { run, encoder, told } = runOf({ goesOn: () => 'later' });
    encoder.make(1, 1, 2);
    const followed = run.follow();
    await expect.poll(() => told).toContain('paused');
    const read = timesOf(run.packets);
    run.stop(new Error('It is needed elsewhere.'));
    await expect(read).rejects.toThrow('needed elsewhere');
    await followed;
    expect(encoder.isOver).toBe(true);
  });
});
