import { describe, expect, it } from 'vitest';
import { createInviteAddresses, isOnlyForThisMachine, readAddresses } from './invite-address.ts';

const fragment = '#amber-otter-river.AAAAAAAAAAAAAAAAAAAAAA';
const wifi = { url: 'http://192.168.1.5:9000/leaf/', name: 'wlan0' };
const cable = { url: 'http://10.0.0.7:9000/leaf/', name: 'eth0' };

interface Setup {
  readonly own?: string;
  readonly isSecure?: boolean;
  readonly answer?: unknown;
  readonly remembered?: string;
}

async function opened({ own = 'http://localhost:9000/leaf/', isSecure = true, answer, remembered }: Setup) {
  const chosen: string[] = [];
  let asked = 0;
  const addresses = createInviteAddresses({
    own: new URL(own),
    fragment,
    isSecure,
    askServer: async () => {
      asked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    remembered,
    remember: (url) => chosen.push(url),
  });
  const before = { link: addresses.link.value, note: addresses.note.value };
  await new Promise((resolve) => setTimeout(resolve, 0));
  return { addresses, chosen, before, asked: () => asked };
}

describe('a page opened as localhost', () => {
  it('invites by the first address that the server names, and says what plain http lacks', async () => {
    const { addresses, before } = await opened({ answer: { addresses: [wifi, cable] } });
    expect(before).toEqual({ link: `http://localhost:9000/leaf/${fragment}`, note: undefined });
    expect(addresses.link.value).toBe(`${wifi.url}${fragment}`);
    expect(addresses.choices.value.map(({ label }) => label)).toEqual([
      '192.168.1.5:9000 (wlan0)',
      '10.0.0.7:9000 (eth0)',
      'localhost:9000 (this machine only)',
    ]);
    expect(addresses.note.value).toMatch(/others have no shared memory.*--tls-cert/);
  });

  it('invites by the one that is chosen, which it remembers', async () => {
    const { addresses, chosen } = await opened({ answer: { addresses: [wifi, cable] } });
    addresses.choose(cable.url);
    expect(addresses.link.value).toBe(`${cable.url}${fragment}`);
    expect(chosen).toEqual([cable.url]);
    addresses.choose('http://localhost:9000/leaf/');
    expect(addresses.note.value).toBeUndefined();
  });

  it('takes what was chosen before only while it is offered', async () => {
    const answer = { addresses: [wifi, cable] };
    expect((await opened({ answer, remembered: cable.url })).addresses.chosen.value).toBe(cable.url);
    const own = 'http://localhost:9000/leaf/';
    expect((await opened({ answer, remembered: own })).addresses.chosen.value).toBe(own);
    const gone = 'http://192.168.9.9:9000/leaf/';
    expect((await opened({ answer, remembered: gone })).addresses.chosen.value).toBe(wifi.url);
  });

  it('finds nothing to say against https', async () => {
    const secure = { url: 'https://studio.test/', name: 'certificate' };
    const { addresses } = await opened({ answer: { addresses: [secure] } });
    expect(addresses.link.value).toBe(`https://studio.test/${fragment}`);
    expect(addresses.note.value).toBeUndefined();
  });

  it('says what to do when the server has no address for others, or does not answer', async () => {
    for (const answer of [{ addresses: [] }, 'junk', new Error('away')]) {
      const { addresses } = await opened({ answer });
      expect(addresses.link.value).toBe(`http://localhost:9000/leaf/${fragment}`);
      expect(addresses.choices.value).toEqual([]);
      expect(addresses.note.value).toMatch(/--host 0\.0\.0\.0/);
    }
  });
});

describe('a page opened by an address that others have', () => {
  it('invites by that, asks nobody, and says what it lacks where it is not secure', async () => {
    const plain = await opened({ own: 'http://192.168.1.5:9000/', isSecure: false });
    expect(plain.asked()).toBe(0);
    expect(plain.addresses.link.value).toBe(`http://192.168.1.5:9000/${fragment}`);
    expect(plain.addresses.choices.value).toEqual([]);
    expect(plain.addresses.note.value).toMatch(/this page has no shared memory, clipboard and notifications/);
    expect((await opened({ own: 'https://studio.test/' })).addresses.note.value).toBeUndefined();
  });
});

it('knows which addresses invite nobody else', () => {
  expect(['localhost', '127.0.0.1', '[::1]', 'leaf.localhost'].every(isOnlyForThisMachine)).toBe(true);
  expect(['192.168.1.7', 'leafcutter.example', '10.0.0.2'].some(isOnlyForThisMachine)).toBe(false);
});

it('reads only what is an address of a page, and no more than a list can show', () => {
  const junk = [
    null,
    7,
    {},
    { url: 7 },
    { url: 'javascript:alert(1)' },
    { url: 'http://' },
    { url: 'ftp://a/' },
  ];
  expect(readAddresses({ addresses: junk })).toEqual([]);
  for (const answer of [undefined, null, [], {}, { addresses: 'x' }])
    expect(readAddresses(answer)).toEqual([]);
  expect(readAddresses({ addresses: [{ url: 'http://a/b/c?x#y' }] })).toEqual([
    { url: 'http://a/b/', label: 'a' },
  ]);
  expect(readAddresses({ addresses: Array(100).fill(wifi) })).toHaveLength(16);
});
