import { describe, expect, it } from 'vitest';
import { FarmWorld } from '../../../sim/farm-world.ts';
import { quietVirtualTime } from '../../../sim/quiet-virtual-time.testing.ts';
import { seededRandom } from '../../runtime/index.ts';
import type { JobArchive, JobId } from '../contract.ts';
import { Farm } from '../farm.ts';
import { FARM } from '../messages.ts';
import { encodeRoll, ROLL_CALL } from '../roll-call/roll-codec.ts';
import { sumKind, sumsRequest } from '../sums.testing.ts';
import { callRoll } from './roll-caller.ts';

quietVirtualTime();

function setUp(seed: number) {
  const mesh = new FarmWorld(seed);
  const add = (workers = 1) => {
    const { node, host, random } = mesh.add();
    const kinds = [sumKind(host, seededRandom(seed))];
    const farm = new Farm({ node, clock: host, timers: host, random, kinds, wallClock: host });
    farm.setWorkers(workers);
    return { node, farm };
  };
  /** Joins, and calls the roll as soon as it has met somebody; answers with who is missing and how long it took. */
  const newcomer = async (timeoutMs = 10_000, signal = new AbortController().signal) => {
    const { node, host, random } = mesh.add();
    const farm = new Farm({ node, clock: host, timers: host, random, wallClock: host });
    await mesh.runUntil(() => node.members().length > 1);
    const beganAtMs = mesh.now();
    let missing: readonly string[] | undefined;
    void callRoll({ farm, node, clock: host, timers: host }, { timeoutMs, signal }).then((silent) => {
      missing = silent;
    });
    await mesh.runUntil(() => missing !== undefined);
    return { farm, missing, tookMs: mesh.now() - beganAtMs };
  };
  return { mesh, add, newcomer };
}

const idsOf = ({ farm }: { readonly farm: Farm }) => farm.jobs().map(({ description }) => description.id);

describe('a newcomer that calls the roll', () => {
  it('knows every Job of everyone, long before the next beats', async () => {
    for (let seed = 0; seed < 3; seed++) {
      const { mesh, add, newcomer } = setUp(seed);
      const tabs = Array.from({ length: 6 }, () => add(0));
      await mesh.meet();
      const submitted = tabs.flatMap(({ farm }, i) =>
        Array.from({ length: 3 * i }, (_, j) => farm.submit(sumsRequest(100_000, 100 * i + j))),
      );
      await mesh.runFor(5_000 + 137 * seed);
      const late = await newcomer();
      expect(late.missing).toEqual([]);
      expect(new Set(idsOf(late))).toEqual(new Set(submitted));
      expect(late.tookMs, `seed ${seed}`).toBeLessThan(2_500);
    }
  });

  it('does not wait for Nodes that have no farm', async () => {
    const { mesh, add, newcomer } = setUp(20);
    const owner = add();
    mesh.add();
    await mesh.meet();
    const id = owner.farm.submit(sumsRequest(100_000));
    await mesh.runFor(3_000);
    const { farm, missing, tookMs } = await newcomer();
    expect([missing, idsOf({ farm })]).toEqual([[], [id]]);
    expect(tookMs).toBeLessThan(1_500);
  });

  it('says who did not answer in time', async () => {
    const { mesh, add, newcomer } = setUp(21);
    const [owner, still] = [add(), add()];
    await mesh.meet();
    owner.farm.submit(sumsRequest(100_000));
    await mesh.runFor(3_000);
    mesh.freeze(still.node.id);
    const { farm, missing, tookMs } = await newcomer(2_000);
    expect([missing, idsOf({ farm }).length]).toEqual([[still.node.id], 1]);
    expect(tookMs).toBeGreaterThanOrEqual(1_900);
  });

  it('hears of a Job whose leader has just gone when another one leads it', async () => {
    const { mesh, add, newcomer } = setUp(22);
    const [owner, heir] = [add(), add()];
    await mesh.meet();
    const id = owner.farm.submit(sumsRequest(100_000));
    await mesh.runFor(6_000);
    owner.node.close();
    await mesh.runUntil(() => heir.node.members().length === 1);
    const { farm, missing } = await newcomer();
    expect([missing, farm.view(id)?.term.node]).toEqual([[], heir.node.id]);
  });

  it('hears of Jobs that a member is still reading from its disk', async () => {
    const before = setUp(25).add();
    const id = before.farm.submit(sumsRequest(100_000));
    const kept = before.farm.view(id);
    if (!kept) throw new Error('not submitted');
    const { mesh, newcomer } = setUp(25);
    const { node, host, random } = mesh.add();
    const archive: JobArchive = {
      load: () =>
        new Promise((resolve) => {
          host.after(4_000, () => resolve([{ ...kept, liars: [], log: [] }]));
        }),
      async *parts() {
        yield* [];
      },
      save: async () => true,
      savePart: async () => true,
      isKept: async () => true,
      remove: async () => {},
    };
    const kinds = [sumKind(host, seededRandom(25))];
    new Farm({ node, clock: host, timers: host, random, kinds, wallClock: host, archive });
    const { farm, missing } = await newcomer();
    expect([missing, idsOf({ farm })]).toEqual([[], [id]]);
  });

  it('waits for somebody where it is told that somebody is needed', async () => {
    const { mesh, add } = setUp(26);
    const { node, host, random } = mesh.add();
    const farm = new Farm({ node, clock: host, timers: host, random, wallClock: host });
    const options = { timeoutMs: 60_000, signal: new AbortController().signal, needsSomebody: true };
    let isOver = false;
    void callRoll({ farm, node, clock: host, timers: host }, options).then(() => {
      isOver = true;
    });
    await mesh.runFor(20_000);
    expect(isOver).toBe(false);
    const late = add();
    const id = late.farm.submit(sumsRequest(100_000));
    await mesh.runUntil(() => isOver);
    expect(idsOf({ farm })).toEqual([id]);
  });

  it('waits no longer than it is told for a Job that a member names and nobody describes', async () => {
    const { mesh, newcomer } = setUp(24);
    const { node } = mesh.add();
    const invented = 'ab'.repeat(16) as JobId;
    node.stream(FARM).serve(ROLL_CALL, () => encodeRoll({ jobs: [invented], members: 1 }));
    const { missing, tookMs } = await newcomer(3_000);
    expect(missing).toEqual([node.id]);
    expect(Math.round(tookMs)).toBe(3_000);
  });

  it('stops when it is told to', async () => {
    const { mesh, add, newcomer } = setUp(23);
    const still = add();
    mesh.freeze(still.node.id);
    mesh.thaw(still.node.id);
    const { missing, tookMs } = await newcomer(10_000, AbortSignal.abort());
    expect([missing, tookMs]).toEqual([[still.node.id], 0]);
  });
});
