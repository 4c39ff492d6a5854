/** The server is killed while a newcomer joins, at each step of it; the newcomer is in once there is a server again, or before. */
import { expect, type Page, test, type WebSocketRoute } from '@playwright/test';
import { lastingPort } from './support/ports.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { closeTab, expectToHearEachOther, inviteLink, openNetwork, people } from './support/tabs.ts';

/** What passes on the newcomer's socket, in this order, and which end says it. */
const STEPS = [
  ['the socket opens', undefined],
  ['the server asks for its proof', 'CHALLENGE'],
  ['it proves its id', 'REGISTER'],
  ['it is told who is there', 'INSTANCES'],
  ['it calls a member', 'OFFER'],
  ['the member answers', 'ANSWER'],
  ['they tell each other their addresses', 'CANDIDATE'],
] as const;

let server: RunningServer;
let residents: Page[];
let link: string;

test.beforeAll(async ({ browser }) => {
  server = await startServer(await lastingPort());
  residents = await openNetwork(browser, server.url, 2);
  link = await inviteLink(residents[0] as Page);
});
test.afterAll(async ({ browser }) => {
  for (const context of browser.contexts()) await context.close();
  await server.kill();
});

/**
 * Kills the server as soon as a message of this type passes, which is lost. Resolves when it lies in wait, before the page loads; `killed`
 * when it has done so.
 */
async function killAt(newcomer: Page, step: string | undefined): Promise<{ readonly killed: Promise<void> }> {
  let isReached = false;
  let settle = (_: Promise<void>): void => {};
  const killed = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const kill = (): void => {
    isReached = true;
    settle(server.kill());
  };
  const carry = (message: string | Buffer, to: WebSocketRoute): void => {
    if (!isReached && JSON.parse(message.toString()).type === step) kill();
    else to.send(message);
  };
  await newcomer.routeWebSocket(/peerjs/, (socket) => {
    if (!isReached && step === undefined) kill();
    const onward = socket.connectToServer();
    socket.onMessage((message) => carry(message, onward));
    onward.onMessage((message) => carry(message, socket));
  });
  return { killed };
}

for (const [name, step] of STEPS) {
  test(`the server is killed when ${name}: the newcomer joins all the same`, async ({ browser }) => {
    const newcomer = await (await browser.newContext()).newPage();
    const { killed } = await killAt(newcomer, step);
    await newcomer.goto(link);
    await killed;
    server = await startServer(server.port);
    const all = [...residents, newcomer];
    for (const page of all) await expect(people(page)).toHaveCount(3);
    await expectToHearEachOther(all);
    await closeTab(newcomer);
    for (const page of residents) {
      await expect(people(page)).toHaveCount(2);
      await expect(page.getByTestId('rendezvous')).toHaveText('Online');
    }
  });
}
