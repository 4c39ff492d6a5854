import { expect, it } from 'vitest';
import { isIceUrl, isTurnUrl } from './ice-url.ts';

it('takes what a browser takes, and nothing else', () => {
  for (const url of [
    'stun:turn.example.org',
    'stun:192.0.2.1:3478',
    'STUNS:s:5349',
    'turn:t:1?transport=udp',
    'turns:[2001:db8::1]:65535?transport=tcp',
    'turn:a_b-c.example:80',
  ])
    expect(isIceUrl(url), url).toBe(true);
  for (const url of [
    undefined,
    7,
    '',
    'stun:',
    'turn::3478',
    'turn:a b',
    'turn:host:0',
    'turn:host:65536',
    'turn:host:port',
    'turn:user@host',
    'stun:host?transport=udp',
    'turn:host?transport=quic',
    'turn:host?transport=udp&x=1',
    'turn://host',
    'turn:host/path',
    'turn:[::1',
    'turn:-host',
    'stun:host\n',
    ' stun:host',
    `stun:${'a'.repeat(256)}`,
    'http://host',
  ])
    expect(isIceUrl(url), String(url)).toBe(false);
});

it('tells TURN, which needs credentials, from STUN', () => {
  expect(['turn:t', 'TURNS:t', 'stun:t', 'stuns:turn'].map(isTurnUrl)).toEqual([true, true, false, false]);
});
