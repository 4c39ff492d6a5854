import { expect, it } from 'vitest';
import { pageAddresses } from './serve-addresses.ts';

const address = (family: 'IPv4' | 'IPv6', text: string, internal: boolean) =>
  ({ family, address: text, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as const;
const interfaces = {
  lo: [address('IPv4', '127.0.0.1', true)],
  wifi: [address('IPv6', 'fe80::1', false), address('IPv4', '192.168.1.5', false)],
  cable: [address('IPv4', '10.0.0.7', false)],
};

it('lists this machine and every outside IPv4 address when the server listens on all', () => {
  const expected = {
    thisMachine: 'http://localhost:9000/',
    lan: ['http://192.168.1.5:9000/', 'http://10.0.0.7:9000/'],
  };
  expect(pageAddresses('0.0.0.0', 9000, interfaces)).toEqual(expected);
  expect(pageAddresses('::', 9000, interfaces)).toEqual(expected);
});

it('lists only what a single address reaches', () => {
  expect(pageAddresses('127.0.0.1', 80, interfaces)).toEqual({
    thisMachine: 'http://127.0.0.1:80/',
    lan: [],
  });
  expect(pageAddresses('::1', 80, interfaces)).toEqual({ thisMachine: 'http://[::1]:80/', lan: [] });
  expect(pageAddresses('10.0.0.7', 80, interfaces)).toEqual({
    thisMachine: undefined,
    lan: ['http://10.0.0.7:80/'],
  });
});
