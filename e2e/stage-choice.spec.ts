/** What is on the stage is the person's choice: whoever only helped renders something of its own, and nobody's scene is taken away. */
import { expect, test } from './support/fixtures.ts';
import { startSample } from './support/tabs.ts';

test('a device that helps opens a scene of its own, is not disturbed in it, and finds back to the picture', async ({
  network,
}) => {
  const [starter, helper] = await network(2);
  if (!starter || !helper) throw new Error('two tabs were asked for');
  const stage = helper.locator('.stage');
  await startSample(starter, { width: 64, height: 64, samples: 1 });
  await expect(stage).toHaveAttribute('data-view', 'picture');

  await helper.getByRole('button', { name: 'New', exact: true }).click();
  await helper.getByRole('button', { name: 'Sample: Terrace' }).click();
  await expect(stage).toHaveAttribute('data-view', 'scene');
  await expect(helper.getByRole('button', { name: 'Render', exact: true })).toBeEnabled();

  await starter.getByRole('button', { name: 'Render', exact: true }).click();
  await expect(helper.getByRole('list', { name: 'Renders' }).getByRole('listitem')).toHaveCount(2);
  await expect(stage).toHaveAttribute('data-view', 'scene');

  await helper.getByRole('button', { name: 'Picture', exact: true }).click();
  await expect(helper.getByRole('progressbar', { name: 'Render progress' })).toBeVisible();
});
