import { describe, expect, it } from 'vitest';
import { addressFromBytes, addressToBytes, FAMILY_BYTES } from './ip-address.ts';

const back = (address: string): string | undefined => {
  const bytes = addressToBytes(address);
  if (bytes) expect(bytes.bytes.length).toBe(FAMILY_BYTES[bytes.family]);
  return bytes && addressFromBytes(bytes.family, bytes.bytes);
};

describe('the address of a candidate', () => {
  it('comes back from its bytes, IPv4, IPv6 or hidden', () => {
    expect(back('192.168.1.77')).toBe('192.168.1.77');
    expect(back('2001:db8::1')).toBe('2001:db8:0:0:0:0:0:1');
    expect(back('::')).toBe('0:0:0:0:0:0:0:0');
    expect(back('fe80::')).toBe('fe80:0:0:0:0:0:0:0');
    expect(back('::ffff:192.0.2.1')).toBe('0:0:0:0:0:ffff:c000:201');
    const hidden = '0a1b2c3d-4e5f-4aaa-8bbb-0123456789ab.local';
    expect(back(hidden)).toBe(hidden);
  });

  it('is none when it is something else', () => {
    for (const other of [
      '',
      'host',
      '1.2.3',
      '1.2.3.256',
      '1:2:3',
      '::1::',
      ':::',
      '1:2:3:4:5:6:7:8:9',
      'x.local',
    ]) {
      expect(back(other), other).toBeUndefined();
    }
  });
});
