import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../runtime/index.ts';
import type { NodeId } from '../../wire/index.ts';
import type { Context } from './context.ts';
import { strangerId } from './mesh.testing.ts';
import type { Parts } from './parts.ts';
import type { Source } from './source.ts';
import { Sources } from './sources.ts';

const MAX_SOURCES = 4096;

/** Counts how often somebody goes through all of it. */
class Counted extends Map<NodeId, Source> {
  passes = 0;

  override values() {
    this.passes++;
    return super.values();
  }
}

const nothing = (): void => {};
const parts = {
  delivery: { flush: nothing, abandon: nothing, giveUp: nothing },
  ...Object.fromEntries(['repair', 'older', 'flow', 'retention'].map((name) => [name, { forget: nothing }])),
  spread: { pattern: nothing },
} as unknown as Parts;

describe('a full house of silent sources', () => {
  const random = seededRandom(1);
  const ids = Array.from({ length: MAX_SOURCES }, () => strangerId(random));
  const here = new Set<NodeId>();
  let kept = new Counted();
  let sources: Sources;

  const begin = (id: NodeId): void => {
    const source = sources.begin({
      id,
      life: 1,
      publicKey: new Uint8Array(32),
      agreementKey: new Uint8Array(32),
    });
    if (source) source.isStarted = true;
  };
  /** Those that are gone of the ones that were there at the start. */
  const gone = (): number[] => [...ids.keys()].filter((i) => !kept.has(ids[i] as NodeId));

  beforeEach(() => {
    kept = new Counted();
    here.clear();
    const options = { own: { id: strangerId(random) }, isPresent: (id: NodeId) => here.has(id) };
    sources = new Sources({ options, sources: kept, neighbours: new Map() } as unknown as Context, parts);
    for (const id of ids) begin(id);
  });

  it('makes room for a hundred new ones without a look at all for each, the longest silent first', () => {
    for (let i = 0; i < 100; i++) begin(strangerId(random));
    expect(gone()).toEqual([...Array(100).keys()]);
    expect(kept.passes).toBe(1);
  });

  it('keeps who spoke or came back since it was looked at, and lets go of who has left meanwhile', () => {
    begin(strangerId(random));
    here.add(ids[1] as NodeId);
    kept.get(ids[2] as NodeId)?.log.append(new Uint8Array(100), 0);
    begin(strangerId(random));
    expect(gone()).toEqual([0, 3]);
    sources.left(ids[2000] as NodeId);
    begin(strangerId(random));
    expect(gone()).toEqual([0, 3, 2000]);
  });
});
