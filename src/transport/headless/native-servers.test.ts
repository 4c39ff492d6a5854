import { expect, it } from 'vitest';
import { nativeServers } from './native-servers.ts';

it('takes STUN and TURN servers apart, with the ports they have when none is said', () => {
  expect(
    nativeServers([
      { urls: ['stun:stun.example:19302', 'stun:[2001:db8::1]'] },
      { urls: 'turn:turn.example?transport=tcp', username: '1764115200:amber', credential: 'a+b/c=' },
      { urls: ['turns:turn.example', 'turn:192.0.2.1:80'], username: 'u', credential: 'p' },
    ]),
  ).toEqual([
    { hostname: 'stun.example', port: 19302 },
    { hostname: '2001:db8::1', port: 3478 },
    {
      hostname: 'turn.example',
      port: 3478,
      username: '1764115200:amber',
      password: 'a+b/c=',
      relayType: 'TurnTcp',
    },
    { hostname: 'turn.example', port: 5349, username: 'u', password: 'p', relayType: 'TurnTls' },
    { hostname: '192.0.2.1', port: 80, username: 'u', password: 'p', relayType: 'TurnUdp' },
  ]);
});

it('passes over STUN over TLS, which only browsers know, and takes the rest of what a server names', () => {
  expect(nativeServers([{ urls: ['stuns:stun.example:5349', 'stun:stun.example'] }])).toEqual([
    { hostname: 'stun.example', port: 3478 },
  ]);
  expect(nativeServers([{ urls: 'STUNS:stun.example' }])).toEqual([]);
});

it('says what is wrong with a server', () => {
  expect(() => nativeServers([{ urls: 'https://stun.example' }])).toThrow(/stun:host:port/);
  expect(() => nativeServers([{ urls: 'turn:turn.example' }])).toThrow(/username and a credential/);
});
