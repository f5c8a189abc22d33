import { expect, test } from 'vitest';
import { createHttpServer } from './http-server.ts';
import { NeighbourLimits } from './neighbour-limits.ts';

test('bounds every way in which a client may do nothing', () => {
  expect(createHttpServer(() => {}, new NeighbourLimits())).toMatchObject({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    timeout: 300_000,
  });
});
