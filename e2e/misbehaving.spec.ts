/**
 * A member that has the key sends what no node sends. Where it is certain who did it the neighbour takes no more of it, and both pages
 * say why; all else comes to nothing. The same menu is played by the thousand in virtual time (sim/hostile).
 */
import type { Browser, Page } from '@playwright/test';
import { FORGERIES, type ForgeryName } from '../sim/hostile/forgery.ts';
import { encodeHaves } from '../src/mesh/multicast/announcements.ts';
import { seededRandom } from '../src/runtime/index.ts';
import { encodeFrame, FrameType, type NodeId } from '../src/wire/index.ts';
import { expect, residents, test } from './support/fixtures.ts';
import { type MisbehavingTab, openMisbehavingTab } from './support/misbehaving-tab.ts';
import { expectToHearEachOther, inviteLink, nodeId, people } from './support/tabs.ts';

const LARGEST_MESSAGE = 262_144;
/** More than a neighbour may announce and is forgiven (src/mesh/multicast/neighbour.ts). */
const ANNOUNCEMENTS = 6_000;

interface Scene {
  readonly honest: readonly [Page, Page];
  readonly bad: MisbehavingTab;
  readonly self: NodeId;
  readonly neighbour: NodeId;
  readonly victim: NodeId;
}

const honest = residents(2);

/** A tab of its own for each misdeed: who was cut off stays so. */
async function setScene(browser: Browser): Promise<Scene> {
  const [first, second] = honest() as [Page, Page];
  const bad = await openMisbehavingTab(browser, await inviteLink(first));
  for (const page of [first, second, bad.page]) await expect(people(page)).toHaveCount(3);
  await expectToHearEachOther([first, second, bad.page]);
  const [self, neighbour, victim] = (await Promise.all([bad.page, first, second].map(nodeId))) as NodeId[];
  if (!self || !neighbour || !victim) throw new Error('three tabs');
  return { honest: [first, second], bad, self, neighbour, victim };
}

/** What a page says of that one. */
const cutOff = (page: Page, id: NodeId) =>
  page
    .getByRole('alert')
    .filter({ hasText: 'A device was cut off' })
    .filter({ hasText: id.slice(0, 8) });

/** Repeats of one forgery of the menu, made of what the tab has seen. */
async function forge(scene: Scene, name: ForgeryName, times: number): Promise<Uint8Array[]> {
  const { bad, self, neighbour, victim } = scene;
  const random = seededRandom(3);
  const frames = await bad.seen();
  const seen = (type: FrameType) => frames.findLast((frame) => frame[1] === type);
  const seenAny = () => frames[random.uint32() % frames.length];
  return Array.from({ length: times }, () =>
    FORGERIES[name]({ self, neighbour, victim, random, seen, seenAny }),
  ).flat();
}

const MISDEEDS: readonly (readonly [
  name: string,
  messages: (scene: Scene) => Promise<readonly Uint8Array[]>,
  here: RegExp,
  there: RegExp,
])[] = [
  [
    'messages as large as a channel takes',
    async () => Array.from({ length: 60 }, () => new Uint8Array(LARGEST_MESSAGE)),
    /keeps sending what no node sends/,
    /cut this device off.*what no node sends/,
  ],
  [
    'words between neighbours in the name of another',
    (scene) => forge(scene, 'another-source', 20),
    /keeps sending what no node sends/,
    /cut this device off.*what no node sends/,
  ],
  [
    'announcements without end',
    async ({ self }) => {
      const have = { source: self, life: 1, low: 0, next: 0, taken: 0 };
      const frame = encodeFrame({ type: FrameType.ihave, source: self, hopLimit: 1 }, encodeHaves([have]));
      return Array.from({ length: ANNOUNCEMENTS }, () => frame);
    },
    /keeps sending more than it may/,
    /cut this device off.*more than it may/,
  ],
];

for (const [name, messages, here, there] of MISDEEDS) {
  test(`a tab that sends ${name} is cut off, both pages say why, and the others go on`, async ({
    browser,
  }) => {
    const scene = await setScene(browser);
    const [first] = scene.honest;
    await scene.bad.send(scene.neighbour, await messages(scene));
    await expect(cutOff(first, scene.self)).toContainText(here);
    await expect(cutOff(scene.bad.page, scene.neighbour)).toContainText(there);
    await expectToHearEachOther(scene.honest);
  });
}

/** What some forgeries are made of, so all is waited for before the first one. */
const MATERIAL = [FrameType.msg, FrameType.msg_broadcast, FrameType.new_edge] as const;

const hasMaterial = (frames: readonly Uint8Array[]): boolean =>
  MATERIAL.every((type) => frames.some((frame) => frame[1] === type));

const HARMLESS = [
  ['lost-targets', 200],
  ['acknowledgements', 200],
  ['unsealed-relay', 200],
  ['wrong-seal', 200],
  ['foreign-broadcasts', 50],
  ['foreign-farewells', 10],
  ['records-of-others', 10],
  ['half-messages', 1],
] as const satisfies readonly (readonly [ForgeryName, number])[];

test('what a tab replays, sends in circles, or forges in the name of others comes to nothing', async ({
  browser,
}) => {
  const errors: string[] = [];
  const scene = await setScene(browser);
  for (const page of scene.honest) {
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.evaluate(() => {
      const node = window.leafcutter?.node;
      node?.broadcast('to all', new Uint8Array(100));
      node?.setAttributes({ said: 'news' });
    });
  }
  await expect.poll(async () => hasMaterial(await scene.bad.seen())).toBe(true);
  for (const [name, times] of HARMLESS) {
    const messages = await forge(scene, name, times);
    expect(messages.length, name).toBeGreaterThanOrEqual(times);
    expect(await scene.bad.send(scene.neighbour, messages), name).toBe(true);
    await expectToHearEachOther(scene.honest);
  }
  for (const page of scene.honest) await expect(people(page)).toHaveCount(3);
  expect(errors).toEqual([]);
});
