import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { issueIceServers, NO_ICE_SERVERS, readIceServers } from './ice-servers.ts';

const NOW = Date.UTC(2026, 10, 26, 12);

describe('the configured servers', () => {
  it('are read from a file or from the text itself, as a list or with a policy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leafcutter-ice-'));
    const file = join(folder, 'ice.json');
    const servers = [
      { urls: 'stun:stun.test:3478' },
      { urls: ['turn:turn.test:3478?transport=udp', 'turns:turn.test:5349'], username: 'u', credential: 'c' },
      { urls: 'turn:[2001:db8::1]:3478', secret: 's' },
    ];
    const expected = [
      { urls: ['stun:stun.test:3478'] },
      servers[1],
      { urls: ['turn:[2001:db8::1]:3478'], secret: 's' },
    ];
    await writeFile(file, JSON.stringify(servers));
    expect(await readIceServers(file, undefined)).toEqual({ servers: expected, policy: 'all' });
    const relayed = JSON.stringify({ iceServers: servers, iceTransportPolicy: 'relay' });
    expect(await readIceServers(relayed, undefined)).toEqual({ servers: expected, policy: 'relay' });
    await rm(folder, { recursive: true });
  });

  it('take the secret of the environment where a TURN server has nothing of its own', async () => {
    const text = JSON.stringify([
      { urls: 'turn:a:1' },
      { urls: 'turn:b:1', secret: 'own' },
      { urls: 'turn:c:1', username: 'u', credential: 'c' },
      { urls: 'stun:d:1' },
    ]);
    const { servers } = await readIceServers(text, 'shared');
    expect(servers.map(({ secret }) => secret)).toEqual(['shared', 'own', undefined, undefined]);
  });

  it.each([
    ['/no/such/file.json', 'cannot be read'],
    ['[', 'no JSON'],
    ['{}', 'a list of servers is missing'],
    ['{"iceServers":[],"iceTransportPolicy":"none"}', 'must be "all" or "relay"'],
    ['[7]', 'an object with "urls"'],
    ['[{}]', '"urls" must be like'],
    ['[{"urls":["stun:a:1","http://b"]}]', '"urls" must be like'],
    ['[{"urls":"turn:a:1","username":"u"}]', 'turn:a:1 needs "username" and "credential"'],
    [JSON.stringify(Array(9).fill({ urls: 'stun:a:1' })), 'more than 8'],
  ])('are refused in one line: %s', async (source, says) => {
    const message = await readIceServers(source, undefined).then(String, (error: Error) => error.message);
    expect(message).toContain(says);
    expect(message).toMatch(/^--ice-servers: .*docs\/deploy\.md/);
    expect(message).not.toContain('\n');
  });
});

describe('what a page is given', () => {
  it('has credentials that end, made as coturn checks them, and never the secret', () => {
    const issued = issueIceServers(
      { servers: [{ urls: ['stun:s:1'] }, { urls: ['turn:t:1'], secret: 'north' }], policy: 'relay' },
      NOW,
    );
    const username = `${NOW / 1000 + 7_200}:leafcutter`;
    const credential = createHmac('sha1', 'north').update(username).digest('base64');
    expect(issued).toEqual({
      iceServers: [{ urls: ['stun:s:1'] }, { urls: ['turn:t:1'], username, credential }],
      iceTransportPolicy: 'relay',
      validForSeconds: 7_200,
    });
    expect(JSON.stringify(issued)).not.toContain('north');
  });

  it('does not end where nothing in it does', () => {
    const servers = [{ urls: ['turn:t:1'], username: 'u', credential: 'c' }];
    expect(issueIceServers({ servers, policy: 'all' }, NOW)).toEqual({
      iceServers: servers,
      iceTransportPolicy: 'all',
    });
    expect(issueIceServers(NO_ICE_SERVERS, NOW)).toEqual({ iceServers: [], iceTransportPolicy: 'all' });
  });
});
