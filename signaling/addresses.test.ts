import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { pageAddressesFor } from './addresses.ts';

const lan = [{ url: 'http://192.168.1.5:9000/', name: 'wifi' }];
const asked = (remoteAddress: string, headers: IncomingHttpHeaders) =>
  pageAddressesFor({ socket: { remoteAddress }, headers } as IncomingMessage, lan).addresses;

it('tells a browser on this machine that opened the page by a loopback name', () => {
  for (const remote of ['127.0.0.1', '127.0.1.1', '::1', '::ffff:127.0.0.1']) {
    for (const host of ['localhost:9000', '127.0.0.1', '[::1]:9000', 'app.localhost']) {
      expect(asked(remote, { host }), `${remote} ${host}`).toEqual(lan);
    }
  }
});

it('tells nobody else: other machines, foreign names for this one, whoever comes through a proxy', () => {
  expect(asked('192.168.1.9', { host: 'localhost:9000' })).toEqual([]);
  expect(asked('::ffff:10.0.0.1', { host: 'localhost' })).toEqual([]);
  expect(asked('127.0.0.1', { host: 'rebound.example:9000' })).toEqual([]);
  expect(asked('127.0.0.1', { host: 'localhost.example' })).toEqual([]);
  expect(asked('127.0.0.1', {})).toEqual([]);
  expect(asked('127.0.0.1', { host: 'localhost', 'x-forwarded-for': '203.0.113.9' })).toEqual([]);
  expect(asked('127.0.0.1', { host: 'localhost', forwarded: 'for=203.0.113.9' })).toEqual([]);
});
