import { describe, expect, it } from 'vitest';
import { pageAddresses } from './serve-addresses.ts';

const address = (family: 'IPv4' | 'IPv6', text: string, internal: boolean) =>
  ({ family, address: text, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as const;
const interfaces = {
  docker0: [address('IPv4', '172.17.0.1', false)],
  lo: [address('IPv4', '127.0.0.1', true)],
  wifi: [address('IPv6', 'fe80::1', false), address('IPv4', '192.168.1.5', false)],
  cable: [address('IPv4', '10.0.0.7', false)],
};
const at = (host: string, port = 9000, base = '/') => pageAddresses({ host, port, base }, interfaces);

describe('over plain http', () => {
  it('lists this machine and every outside IPv4 address, those of virtual networks last', () => {
    const expected = {
      thisMachine: 'http://localhost:9000/',
      others: [
        { url: 'http://192.168.1.5:9000/', name: 'wifi' },
        { url: 'http://10.0.0.7:9000/', name: 'cable' },
        { url: 'http://172.17.0.1:9000/', name: 'docker0' },
      ],
    };
    expect(at('0.0.0.0')).toEqual(expected);
    expect(at('::')).toEqual(expected);
  });

  it('lists only what a single address reaches', () => {
    expect(at('127.0.0.1', 80)).toEqual({ thisMachine: 'http://127.0.0.1/', others: [] });
    expect(at('::1', 81)).toEqual({ thisMachine: 'http://[::1]:81/', others: [] });
    expect(at('10.0.0.7', 81)).toEqual({
      thisMachine: undefined,
      others: [{ url: 'http://10.0.0.7:81/', name: '10.0.0.7' }],
    });
  });

  it('has the folder of the page in every address', () => {
    const { thisMachine, others } = at('0.0.0.0', 9000, '/leaf/');
    expect(thisMachine).toBe('http://localhost:9000/leaf/');
    expect(others[0]?.url).toBe('http://192.168.1.5:9000/leaf/');
  });
});

describe('over https', () => {
  const secure = (certifiedHosts: readonly string[]) =>
    pageAddresses({ host: '0.0.0.0', port: 443, base: '/', certifiedHosts }, interfaces);

  it('lists what the certificate names, which browsers believe, and no loopback of it', () => {
    expect(secure(['studio.example', 'localhost', '192.168.1.5', '127.0.0.1'])).toEqual({
      thisMachine: 'https://localhost/',
      others: [
        { url: 'https://studio.example/', name: 'certificate' },
        { url: 'https://192.168.1.5/', name: 'certificate' },
      ],
    });
  });

  it('lists the interfaces where the certificate names nothing that others could use', () => {
    expect(secure(['localhost']).others[0]).toEqual({ url: 'https://192.168.1.5/', name: 'wifi' });
  });
});
