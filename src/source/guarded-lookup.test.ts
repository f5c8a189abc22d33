import { describe, expect, it } from 'vitest';
import { guardedLookup } from './guarded-lookup.ts';

describe('guardedLookup', () => {
  const lookup = guardedLookup((_name, _options, callback) =>
    callback(null, [
      { address: '169.254.0.1', family: 4 },
      { address: '10.0.0.7', family: 4 },
      { address: '::1', family: 6 },
    ]),
  );

  it('hands out only what is allowed, one or all', () => {
    lookup('nas', { all: true }, (error, found) => {
      expect(error).toBeNull();
      expect(found).toEqual([
        { address: '10.0.0.7', family: 4 },
        { address: '::1', family: 6 },
      ]);
    });
    lookup('nas', {}, (error, address, family) => {
      expect([error, address, family]).toEqual([null, '10.0.0.7', 4]);
    });
    expect.assertions(3);
  });

  it('fails when nothing is allowed', () => {
    guardedLookup((_name, _options, callback) => callback(null, [{ address: 'fe80::1', family: 6 }]))(
      'x',
      { all: true },
      (error) => expect(error).toMatchObject({ code: 'source_refused' }),
    );
    expect.assertions(1);
  });
});
