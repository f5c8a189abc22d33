import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, isRefusedAddress } from './address-policy.ts';

describe('isRefusedAddress', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '0.0.0.0',
    '0.1.2.3',
    '224.0.0.1',
    '239.255.255.250',
    '255.255.255.255',
    '240.0.0.1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::ffff:0:169.254.169.254',
    '::169.254.169.254',
    '::0.0.0.2',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::169.254.169.254',
    '2002:a9fe:a9fe::1',
    '2002:0:1::',
    '2001:0:0:0:0:0:5601:5601',
    'not an address',
    '',
  ])('refuses %s', (address) => {
    expect(isRefusedAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '10.0.0.1',
    '192.168.1.10',
    '172.16.0.1',
    '100.64.0.1',
    '93.184.216.34',
    '::1',
    '::ffff:127.0.0.1',
    'fd12:3456::1',
    '2606:4700::1111',
    '64:ff9b::93.184.216.34',
    '2002:5db8:d822::1',
  ])('allows %s', (address) => {
    expect(isRefusedAddress(address)).toBe(false);
  });

  it('refuses every link-local address in every form that carries it', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.nat(255), (c, d) => {
        const v4 = `169.254.${c}.${d}`;
        const hex = `a9fe:${((c << 8) | d).toString(16)}`;
        const forms = [v4, `::ffff:${v4}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::`, `::${v4}`];
        expect(forms.filter((form) => !isRefusedAddress(form))).toEqual([]);
      }),
    );
  });
});

describe('isPublicAddress', () => {
  it.each([
    '93.184.216.34',
    '2606:4700::1111',
    '::ffff:93.184.216.34',
    '64:ff9b::93.184.216.34',
    '2002:5db8:d822::1',
  ])('%s is', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '127.8.9.1',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '198.18.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fd12:3456::1',
    'fe80::1%eth0',
    '::ffff:127.0.0.1',
    '::ffff:192.168.1.1',
    '64:ff9b::10.0.0.1',
    '2002:c0a8:101::1',
    '2001:0:0:0:0:0:80ff:fffe',
    'localhost',
    '',
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
