import { expect, it } from 'vitest';
import { serverAddress } from './server-address.ts';

it('finds PeerServer and registry beside the page', () => {
  expect(serverAddress('http://localhost:9000')).toEqual({
    host: 'localhost',
    port: 9000,
    path: '/peerjs',
    secure: false,
    registryUrl: 'ws://localhost:9000/registry',
  });
  expect(serverAddress(new URL('https://leaf.example/render/index.html?a=1#secret.key'))).toEqual({
    host: 'leaf.example',
    port: 443,
    path: '/render/peerjs',
    secure: true,
    registryUrl: 'wss://leaf.example/render/registry',
  });
  expect(serverAddress('http://[::1]:80/').host).toBe('[::1]');
  expect(serverAddress('http://[::1]/').registryUrl).toBe('ws://[::1]/registry');
});

it('refuses what is no address of a server, and says what one looks like', () => {
  for (const bad of ['', 'localhost', 'file:///index.html', 'ftp://host/']) {
    expect(() => serverAddress(bad)).toThrow(/http\(s\):\/\/host:port/);
  }
});
