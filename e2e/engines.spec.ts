/** Three engines in one mesh: Chromium, Firefox and a process without a page. Each speaks to each, over all of their WebRTC stacks. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, expect, type Page, test } from '@playwright/test';
import type { Page as FirefoxPage } from 'puppeteer-core';
import type { Mesh, NodeId } from '../src/library/index.node.ts';
import { launchFirefox, type RunningFirefox } from './support/firefox.ts';
import { type RunningServer, runCommand, startServer } from './support/server.ts';
import { inviteLink, lendWorkers, openTab, pictureHash, startSample } from './support/tabs.ts';

const EIGHT_MIB = 8 * 1024 * 1024;
const SMALL = { width: 64, height: 48, samples: 3 };

/** A Node in some engine. */
interface Participant {
  readonly name: string;
  readonly id: NodeId;
  /** Sends so many bytes to another one and resolves with the SHA-256 that it answers. */
  digestAt(target: NodeId, bytes: number): Promise<string>;
  /** Hops to each other Node, by id. */
  hops(): Promise<Readonly<Record<string, number | undefined>>>;
  setLinkBlocked(peer: NodeId, isBlocked: boolean): Promise<void>;
}

/** The bytes that everybody sends. */
const patternDigest = (bytes: number): string =>
  createHash('sha256')
    .update(Uint8Array.from({ length: bytes }, (_, i) => i % 251))
    .digest('hex');

/** Playwright's and puppeteer's pages run the same functions in the page. */
type Evaluate = Pick<Page | FirefoxPage, 'evaluate'>;

async function pageParticipant(name: string, page: Evaluate): Promise<Participant> {
  const run = page.evaluate.bind(page) as Page['evaluate'];
  const id = await run(() => {
    const { node } = window.leafcutter ?? {};
    node?.serve('digest', async ({ body }) => {
      const hash = await crypto.subtle.digest('SHA-256', body.slice());
      return new Uint8Array(hash);
    });
    return node?.id ?? '';
  });
  return {
    name,
    id: id as NodeId,
    digestAt: (target, bytes) =>
      run(
        async ([to, length]) => {
          const body = Uint8Array.from({ length }, (_, i) => i % 251);
          const answer = await window.leafcutter?.node.request(to, 'digest', body, { timeoutMs: 60_000 });
          return [...(answer ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        },
        [target, bytes] as const,
      ),
    hops: () =>
      run(() =>
        Object.fromEntries(
          (window.leafcutter?.node.members() ?? [])
            .filter(({ isSelf }) => !isSelf)
            .map((member) => [member.id, member.hops]),
        ),
      ),
    setLinkBlocked: (peer, isBlocked) =>
      run(([other, blocked]) => window.leafcutter?.node.inspection.faults.setLinkBlocked(other, blocked), [
        peer,
        isBlocked,
      ] as const),
  };
}

function meshParticipant(name: string, mesh: Mesh): Participant {
  mesh.serve('digest', ({ body }) => createHash('sha256').update(body).digest());
  return {
    name,
    id: mesh.id,
    async digestAt(target, bytes) {
      const body = Uint8Array.from({ length: bytes }, (_, i) => i % 251);
      const { body: answer } = await mesh.request(target, 'digest', body, { timeoutMs: 60_000 });
      return Buffer.from(answer).toString('hex');
    },
    hops: async () =>
      Object.fromEntries(
        mesh
          .members()
          .filter(({ isSelf }) => !isSelf)
          .map((member) => [member.id, member.hops]),
      ),
    setLinkBlocked: async (peer, isBlocked) => mesh.node.inspection.faults.setLinkBlocked(peer, isBlocked),
  };
}

async function openFirefox(firefox: RunningFirefox, link: string): Promise<FirefoxPage> {
  const page = await firefox.browser.newPage();
  await page.goto(link);
  await page.waitForFunction(() => window.leafcutter?.node.rendezvous === 'online');
  return page;
}

/** The built library, which Node can run. */
async function joinHeadless(link: string): Promise<Mesh> {
  const built = new URL('../dist/library/library/index.node.js', import.meta.url);
  const { joinNetwork } = (await import(built.href)) as typeof import('../src/library/index.node.ts');
  return joinNetwork(link, { info: { name: 'headless' } });
}

async function expectHops(participants: readonly Participant[], expected: number): Promise<void> {
  for (const one of participants) {
    const others = participants.filter((other) => other !== one).map(({ id }) => [id, expected]);
    await expect.poll(() => one.hops(), { message: one.name }).toEqual(Object.fromEntries(others));
  }
}

test.describe.configure({ mode: 'serial' });

let server: RunningServer;
let firefox: RunningFirefox;
let chromiumPage: Page;
let firefoxPage: FirefoxPage;
let mesh: Mesh;
let participants: readonly [chromium: Participant, firefox: Participant, headless: Participant];

async function openAll(browser: Browser): Promise<void> {
  chromiumPage = await openTab(browser, server.url);
  const link = await inviteLink(chromiumPage);
  firefoxPage = await openFirefox(firefox, link);
  mesh = await joinHeadless(link);
  participants = [
    await pageParticipant('Chromium', chromiumPage),
    await pageParticipant('Firefox', firefoxPage),
    meshParticipant('headless', mesh),
  ];
}

test.beforeAll(async ({ browser }) => {
  server = await startServer();
  firefox = await launchFirefox();
  await openAll(browser);
});
test.afterAll(async ({ browser }) => {
  // Firefox first: it is the one that would outlive a run whose start failed.
  await firefox.kill();
  await mesh.close();
  await Promise.all(browser.contexts().map((context) => context.close()));
  await server.stop();
});

test('three engines join one mesh, each with a Link to each', async () => {
  await expectHops(participants, 1);
});

test('each sends each 8 MiB, and they arrive whole', async () => {
  const digest = patternDigest(EIGHT_MIB);
  for (const from of participants) {
    for (const to of participants) {
      if (from !== to)
        expect(await from.digestAt(to.id, EIGHT_MIB), `${from.name} to ${to.name}`).toBe(digest);
    }
  }
});

test('where two have no Link, the third one carries what they say', async () => {
  const digest = patternDigest(100_000);
  for (const relay of participants) {
    const [a, b] = participants.filter((other) => other !== relay);
    if (!a || !b) throw new Error('there are three');
    await a.setLinkBlocked(b.id, true);
    await expect.poll(async () => (await a.hops())[b.id], { message: `by ${relay.name}` }).toBe(2);
    await expect.poll(async () => (await b.hops())[a.id], { message: `by ${relay.name}` }).toBe(2);
    expect(await a.digestAt(b.id, 100_000), `${a.name} to ${b.name}`).toBe(digest);
    expect(await b.digestAt(a.id, 100_000), `${b.name} to ${a.name}`).toBe(digest);
    await a.setLinkBlocked(b.id, false);
    await expectHops(participants, 1);
  }
});

test('what Firefox renders for Chromium has the hash of the terminal', async () => {
  await lendWorkers(chromiumPage, 0);
  await startSample(chromiumPage, SMALL);
  const hash = await pictureHash(chromiumPage);
  const folder = await mkdtemp(join(tmpdir(), 'leafcutter-'));
  try {
    const { stdout } = await runCommand([
      ...['render', 'dist/page/generated/samples/cornell.glb', '--out', join(folder, 'picture.png')],
      ...['--size', '64x48', '--samples', '3', '--json'],
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ hash });
  } finally {
    await rm(folder, { recursive: true });
  }
  await expect.poll(() => firefoxPage.evaluate(() => window.leafcutter?.filmHash)).toBe(hash);
});

test('a Firefox that is killed is missed by the others, which go on', async () => {
  const [chromium, , headless] = participants;
  await firefox.kill();
  await expectHops([chromium, headless], 1);
  expect(await chromium.digestAt(headless.id, 1000)).toBe(patternDigest(1000));
  expect(await headless.digestAt(chromium.id, 1000)).toBe(patternDigest(1000));
});
