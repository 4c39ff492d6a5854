/** What befalls Nodes that show something: values never go back (R8), and in the end all see the newest of whoever is there, and of nobody else. */
import { describe, expect, it } from 'vitest';
import { integerBelow } from '../../src/runtime/index.ts';
import { CHANNEL, KEYS, LatestNet, type Shower } from './latest-net.ts';

const { ROOM_SEEDS, ROOM_SEED } = process.env;
const seeds =
  ROOM_SEED === undefined
    ? Array.from({ length: Number(ROOM_SEEDS ?? 2) }, (_, i) => i)
    : [Number(ROOM_SEED)];

const stories: Readonly<Record<string, (net: LatestNet) => void>> = {
  'everybody moves at sixty a second'(net) {
    move(net, 4_000, 16);
    net.runFor(4_000);
    // Six Nodes, each to five others, twenty times a second: what is faster is skipped.
    if (net.sent > 6 * 5 * 20 * 5) net.problems.push('nothing is skipped');
  },
  'Nodes come, go, and open the room again'(net) {
    move(net, 15_000, 40);
    for (let i = 0; i < 8; i++) {
      net.runFor(net.between(200, 3_000));
      const node = net.pick(net.alive);
      const act = integerBelow(net.random, 3);
      if (act === 0) net.add();
      else if (act === 1 && net.alive.length > 2) net.kill(node);
      else net.reopen(node);
    }
  },
  'paths break and are found again, and some Nodes stand still'(net) {
    move(net, 20_000, 60);
    for (let i = 0; i < 10; i++) {
      const [a, b] = [net.pick(net.alive), net.pick(net.alive)];
      net.part(a, b);
      net.freeze(a);
      net.runFor(net.between(0, 5_000));
      net.thaw(a);
      if (a !== b) net.connect(a, b);
    }
  },
  'messages vanish that a mesh would bring'(net) {
    net.isLost = () => net.between(0, 1) < 0.3;
    move(net, 5_000, 50);
    net.runFor(5_500);
    net.isLost = undefined;
  },
};

function move(net: LatestNet, durationMs: number, everyMs: number): void {
  const until = net.now() + durationMs;
  const next = (): void => {
    if (net.now() >= until) return;
    for (const node of net.alive) {
      net.show(node, net.between(0, 1) < 0.2 ? undefined : net.pick(KEYS));
    }
    net.after(everyMs, next);
  };
  next();
}

/** Whoever is here is seen with its newest, whoever is not is not seen. */
function differences(net: LatestNet): readonly string[] {
  return net.alive.flatMap((node) =>
    net.nodes.flatMap((other) =>
      [...KEYS, ''].filter((key) => isWrong(node, other, key)).map((key) => `of "${key}"`),
    ),
  );
}

function isWrong(node: Shower, other: Shower, key: string): boolean {
  const of = key === '' ? { channel: '', key } : { ...CHANNEL, key };
  const seen = node.state.get(node === other ? undefined : other.id, of);
  return seen !== (other.isAlive ? other.shows.get(key) : undefined);
}

describe('what is shown in a room in which', () => {
  for (const [name, play] of Object.entries(stories)) {
    it(`${name} is in the end the newest of all who are there, and never went back`, {
      timeout: 3_600_000,
    }, () => {
      for (const seed of seeds) {
        const net = new LatestNet(seed);
        for (let i = 0; i < 6; i++) net.add();
        net.runFor(1_000);
        play(net);
        net.runFor(30_000);
        const told = [...net.problems, ...differences(net)];
        if (net.nodes.some(({ heldBack }) => heldBack.size > 0)) told.push('an honest Node is held back');
        expect([...new Set(told)], `seed ${seed}`).toEqual([]);
      }
    });
  }
});
