/** A device that computes wrongly helps with a render: the picture is right all the same, and everybody sees which device it was. */
import { expect, test } from './support/fixtures.ts';
import { hashAlone } from './support/picture-alone.ts';
import { changeWorkers, slowWorkers } from './support/render-workers.ts';
import { lendWorkers, nodeId, people, pictureHash, startSample } from './support/tabs.ts';

const SETTINGS = { width: 224, height: 160, samples: 32 };

/** Everything that a render worker of this tab brings is a little too bright, as from a damaged machine. */
const DAMAGE = `
const post = self.postMessage.bind(self);
self.postMessage = (message, ...rest) => {
  const sums = message?.value?.sums;
  if (sums instanceof Float32Array) for (let i = 0; i < sums.length; i++) sums[i] = sums[i] * 1.01 + 0.001;
  post(message, ...rest);
};
`;

test('a tab whose worker computes wrongly is found: the picture has the right hash, and both pages name it', async ({
  network,
}) => {
  const expected = await hashAlone(SETTINGS);
  const [starter, helper, liar] = await network(3);
  if (!starter || !helper || !liar) throw new Error('three tabs were asked for');
  await slowWorkers(starter, helper);
  await changeWorkers(liar, DAMAGE);
  for (const page of [starter, helper, liar]) await lendWorkers(page, 1);
  await startSample(starter, SETTINGS);
  const wrong = await nodeId(liar);
  const list = starter.getByRole('list', { name: 'Devices whose results were wrong' });
  await expect(list.getByTitle(`Node ${wrong}`)).toBeVisible({ timeout: 60_000 });
  await expect(list).toContainText('rendered something else than the others');
  for (const page of [starter, helper, liar]) {
    expect(await pictureHash(page)).toBe(expected);
    await expect(page.getByRole('list', { name: 'Renders' })).toContainText('1 device wrong');
  }
  await expect(people(helper).filter({ hasText: 'wrong results' })).toHaveAttribute('data-node', wrong);
});
