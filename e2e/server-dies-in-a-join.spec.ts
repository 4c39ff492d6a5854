/** The server is killed while a newcomer joins, at each step of it; the newcomer is in once there is a server again, or before. */
import { expect, type Page, test, type WebSocketRoute } from '@playwright/test';
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
  server = await startServer();
  residents = await openNetwork(browser, server.url, 2);
  link = await inviteLink(residents[0] as Page);
});
test.afterAll(async ({ browser }) => {
  for (const context of browser.contexts()) await context.close();
  await server.kill();
});

/** Resolves when the server has been killed: as soon as a message of this type passes, which is lost. */
async function killAt(newcomer: Page, step: string | undefined): Promise<void> {
  let isReached = false;
  await new Promise<void>((resolve, reject) => {
    const kill = (): void => {
      isReached = true;
      server.kill().then(resolve, reject);
    };
    const carry = (message: string | Buffer, to: WebSocketRoute): void => {
      if (!isReached && JSON.parse(message.toString()).type === step) kill();
      else to.send(message);
    };
    const routed = newcomer.routeWebSocket(/peerjs/, (socket) => {
      if (!isReached && step === undefined) kill();
      const onward = socket.connectToServer();
      socket.onMessage((message) => carry(message, onward));
      onward.onMessage((message) => carry(message, socket));
    });
    routed.catch(reject);
  });
}

for (const [name, step] of STEPS) {
  test(`the server is killed when ${name}: the newcomer joins all the same`, async ({ browser }) => {
    const newcomer = await (await browser.newContext()).newPage();
    const killed = killAt(newcomer, step);
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
