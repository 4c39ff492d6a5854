import { describe, expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { newNodeId } from '../wire/index.ts';
import { Helpers } from './helpers.ts';

const random = seededRandom(1);
const [a, b, c] = [newNodeId(random), newNodeId(random), newNodeId(random)];
const idle = () => ({ state: 'idle' as const, reason: undefined, checked: 0 });

describe('Helpers', () => {
  it('are on their way until they ask for work, and then as their workers stand', () => {
    const helpers = new Helpers([]);
    helpers.inputs(a, 5, 10);
    expect(helpers.isHelpComing).toBe(true);
    expect(helpers.view(idle)).toMatchObject([
      { node: a, state: 'fetching', receivedBytes: 5, totalBytes: 10 },
    ]);
    expect([helpers.ready(a), helpers.ready(a)]).toEqual([true, false]);
    expect([helpers.isHelpComing, helpers.withInputs()]).toEqual([false, [a]]);
    expect(helpers.view(idle)).toMatchObject([{ node: a, state: 'idle' }]);
    helpers.left(a);
    expect(helpers.view(idle)).toEqual([]);
  });

  it('say why they take no part, and may yet', () => {
    const helpers = new Helpers([]);
    helpers.refused(a, 'another kernel');
    expect(helpers.view(idle)).toMatchObject([{ node: a, state: 'refused', reason: 'another kernel' }]);
    expect([helpers.isHelpComing, helpers.candidates()]).toEqual([false, []]);
    helpers.inputs(a, 0, 10);
    expect(helpers.isHelpComing).toBe(true);
  });

  it('that have had the inputs longest keep a copy first, then who had them before, never who cannot', () => {
    const helpers = new Helpers([c]);
    helpers.ready(b);
    helpers.ready(a);
    expect(helpers.candidates()).toEqual([b, a, c]);
    helpers.unable(b);
    expect([helpers.candidates(), helpers.isUnable(b)]).toEqual([[a, c], true]);
    helpers.offers(b); // it has found room
    expect(helpers.candidates()).toEqual([b, a, c]);
  });

  it('are no onlookers, though these offer what they were given to keep', () => {
    const helpers = new Helpers([]);
    helpers.offers(a);
    expect(helpers.candidates()).toEqual([]);
    helpers.inputs(a, 0, 10);
    helpers.offers(a);
    expect(helpers.candidates()).toEqual([a]);
  });

  it('that only cannot keep a copy are no help that comes, and nothing to show', () => {
    const helpers = new Helpers([]);
    helpers.unable(a);
    expect([helpers.isHelpComing, helpers.view(idle)]).toEqual([false, []]);
  });
});
