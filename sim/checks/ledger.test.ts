import { describe, expect, it } from 'vitest';
import { Simulation } from '../engine/simulation.ts';
import { type ToyFlaw, toyMaker } from '../engine/toy-mesh.testing.ts';
import { streamNumber } from '../scenarios/drawing.ts';
import { Watch } from './watch.ts';

interface Course {
  /** Those cut off from the others, by index, while node 0 broadcasts and until it is dead. */
  readonly cutOff?: readonly number[];
  /** Stands still meanwhile. */
  readonly frozen?: number;
  /** What the source does then, and at the end. */
  readonly dies?: boolean;
  readonly jumps?: boolean;
  readonly comesBack?: boolean;
  readonly flaw?: ToyFlaw;
}

/** Node 0 of four broadcasts, and mostly is killed six seconds later: what the checks say of it at the end. */
function complaintsAbout({ cutOff, frozen, dies = true, jumps, comesBack, flaw }: Course): string {
  const watch = new Watch({ oneSidedWithinMs: Number.POSITIVE_INFINITY });
  const simulation = new Simulation({ seed: 1, maker: toyMaker(flaw), observer: watch });
  watch.attach(simulation);
  for (let i = 0; i < 4; i++) simulation.start();
  simulation.runUntil(1000);
  const [source] = simulation.nodes;
  if (source === undefined) throw new Error('nobody came');
  if (cutOff !== undefined) {
    watch.cut(simulation.now);
    simulation.medium.partition((place) => (cutOff.includes(place) ? 1 : 0), simulation.now);
  }
  if (frozen !== undefined) simulation.nodes[frozen]?.standStill(true);
  const saying = { kind: 'broadcast', from: source, stream: streamNumber(0, 1), bytes: 100 } as const;
  for (let i = 0; i < 5; i++) watch.ledger.say({ ...saying, timeoutMs: 5000 });
  simulation.runUntil(7000);
  if (dies) source.kill();
  if (jumps) source.jump(7000);
  simulation.runUntil(60_000); // what was under way is gone with its channels
  watch.healed(simulation.now);
  simulation.medium.heal(simulation.now);
  if (frozen !== undefined) simulation.nodes[frozen]?.goOn();
  if (comesBack) simulation.start({ after: source });
  simulation.runUntil(70_000);
  watch.ledger.finish(false);
  return simulation.failures.join('\n');
}

describe('of a broadcast whose source has died, the ledger', () => {
  it('asks nothing where nobody has it, since its source was cut off', () => {
    expect(complaintsAbout({ cutOff: [0] })).toBe('');
  });

  it('asks that all get it when one who lives on has it', () => {
    expect(complaintsAbout({ cutOff: [0, 1] })).toMatch(/never reached node [23]/);
  });

  it('asks nothing for those who were cut off, or stood still, once its source lives again', () => {
    expect(complaintsAbout({ cutOff: [0, 1], comesBack: true })).toBe('');
    expect(complaintsAbout({ frozen: 2, comesBack: true })).toBe('');
  });

  it('asks it for everybody else', () => {
    expect(complaintsAbout({ comesBack: true, flaw: 'loses' })).toMatch(/never reached/);
  });
});

describe('of a broadcast that does not come to who was cut off, the ledger', () => {
  it('asks it, unless the clock by which it is too old for him jumped after it was sent', () => {
    expect(complaintsAbout({ cutOff: [2], dies: false })).toMatch(/never reached node 2/);
    expect(complaintsAbout({ cutOff: [2], dies: false, jumps: true })).toBe('');
  });
});
