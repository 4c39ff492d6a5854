import { expect, it } from 'vitest';
import { serverAddress } from './server-address.ts';

it('finds the server beside the page', () => {
  expect(serverAddress('http://localhost:9000')).toEqual({
    host: 'localhost',
    port: 9000,
    path: '/peerjs',
    secure: false,
    healthUrl: 'http://localhost:9000/healthz',
  });
  expect(serverAddress(new URL('https://leaf.example/render/index.html?a=1#secret.key'))).toEqual({
    host: 'leaf.example',
    port: 443,
    path: '/render/peerjs',
    secure: true,
    healthUrl: 'https://leaf.example/render/healthz',
  });
  expect(serverAddress('http://[::1]:80/').host).toBe('[::1]');
  expect(serverAddress('http://[::1]/').healthUrl).toBe('http://[::1]/healthz');
});

it('refuses what is no address of a server, and says what one looks like', () => {
  for (const bad of ['', 'localhost', 'file:///index.html', 'ftp://host/']) {
    expect(() => serverAddress(bad)).toThrow(/http\(s\):\/\/host:port/);
  }
});
