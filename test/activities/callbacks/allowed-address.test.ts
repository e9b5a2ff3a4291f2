import { describe, expect, it } from 'vitest';
import {
  isPublicAddress,
  isPublicOrLoopbackAddress,
} from '../../../src/activities/callbacks/allowed-address.ts';

const publicOnes = ['8.8.8.8', '20.50.2.1', '169.253.255.255', '172.32.0.1', '2606:4700::1111'];

const loopback = ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'];

/** By what they are; all of them have been a way into somebody's network. */
const refused: Readonly<Record<string, readonly string[]>> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::', '0:0:0:0:0:0:0:0'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'link-local, with the metadata services': [
    '169.254.169.254',
    '169.254.0.1',
    'fe80::1',
    'fe80::1%eth0',
  ],
  "Azure's host": ['168.63.129.16'],
  'unique local': ['fc00::1', 'fd00:ec2::254', 'fdff::1'],
  'site-local': ['fec0::1'],
  'IPv4-mapped': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:8.8.8.8',
  ],
  'IPv4-compatible': ['::127.0.0.1', '::7f00:1', '::8.8.8.8'],
  'IPv4-translated': ['::ffff:0:127.0.0.1', '::ffff:0:7f00:1'],
  NAT64: ['64:ff9b::7f00:1', '64:ff9b::10.0.0.1', '64:ff9b::808:808', '64:ff9b:1::a00:1'],
  '6to4': ['2002:7f00:1::', '2002:a00:1::1', '2002:808:808::'],
  Teredo: ['2001::1', '2001:0:a00:1::'],
  documentation: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
  benchmarking: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'protocol assignments': ['192.0.0.8', '192.0.0.170', '192.88.99.1', '2001:20::1', '100::1'],
  'segment routing': ['5f00::1'],
  multicast: ['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff0e::1'],
  'reserved and broadcast': ['240.0.0.1', '255.255.255.255'],
  'of no range that is given out': ['4000::1', 'e000::1', '1::1'],
  // The look-up answers addresses; other spellings are no answer, and are read in more than one way.
  'not an address in full': [
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '0x7f000001',
    '8.8.8',
    '010.8.8.8',
  ],
  nothing: ['', ' ', 'localhost', 'example.com', '8.8.8.8 ', '8.8.8.8.', '[::1]', '8.8.8.8:80'],
};

describe('a callback may go to', () => {
  it.each(publicOnes)('%s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
    expect(isPublicOrLoopbackAddress(address)).toBe(true);
  });

  it.each(loopback)('%s on the local platform, and nowhere else', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(isPublicOrLoopbackAddress(address)).toBe(true);
  });
});

describe('a callback may not go to', () => {
  it.each(Object.entries(refused).flatMap(([kind, all]) => all.map((one) => [one, kind])))(
    '%s (%s)',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
      expect(isPublicOrLoopbackAddress(address)).toBe(false);
    },
  );
});
