/** What a person presses is what was there when the press began, though the list moves on. */
import { expect, test } from './support/fixtures.ts';
import { percent, pictureHash, startSample } from './support/tabs.ts';

test('a render in the list stays under the pointer that presses it, when another one comes meanwhile', async ({
  network,
}) => {
  const [reader, other] = await network(2);
  if (!reader || !other) throw new Error('two tabs were asked for');
  await startSample(reader, { width: 64, height: 64, samples: 1 });
  await pictureHash(reader);
  await reader.getByRole('button', { name: 'New', exact: true }).click();
  const rows = reader.getByRole('list', { name: 'Renders' }).getByRole('listitem');
  const first = rows.first().getByRole('button').first();
  await expect(first).toHaveAttribute('aria-pressed', 'false');
  await first.hover();
  await reader.mouse.down();
  await other.getByRole('button', { name: 'New', exact: true }).click();
  await startSample(other, { width: 64, height: 64, samples: 4 });
  await expect.poll(() => reader.evaluate(() => window.leafcutter?.jobs.length)).toBe(2);
  await expect(rows).toHaveCount(1);
  await reader.mouse.up();
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1).getByRole('button').first()).toHaveAttribute('aria-pressed', 'true');
  expect(await percent(reader)).toBe(100);
  // What opens a menu is no press: the browser may keep its end to itself.
  await rows.first().hover();
  await reader.mouse.down({ button: 'right' });
  await other.getByRole('button', { name: 'New', exact: true }).click();
  await startSample(other, { width: 64, height: 64, samples: 2 });
  await expect(rows).toHaveCount(3);
  await reader.mouse.up({ button: 'right' });
});
