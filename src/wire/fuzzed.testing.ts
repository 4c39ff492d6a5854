/** Parsers of what comes from the network under bent and random bytes: none throws, and none keeps anything. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { seededRandom } from '../runtime/index.ts';
import { bentBytes } from './fuzz.testing.ts';

/** What a collection may leave behind all the same: caches of the engine. A hundred bytes kept of each of a million are more. */
const MAX_GROWTH_BYTES = 8 * 1024 * 1024;
/** Until the engine has compiled what it runs. */
const WARM_UP = 500;

/**
 * One test a parser.
 * @param good whole messages, which are bent
 * @param isRefusal of an error by which a parser says that it refuses what it got; others never throw
 */
export function itWithstands(
  parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>>,
  good: readonly Uint8Array[],
  seed: number,
  isRefusal: (error: unknown) => boolean = () => false,
): void {
  let before: number | undefined;
  for (const [name, parse] of Object.entries(parsers)) {
    it(`${name} throws at nothing and keeps nothing`, () => {
      const tryAll = (inputs: Iterable<Uint8Array>): void => {
        for (const bytes of inputs) {
          try {
            parse(bytes);
          } catch (error) {
            if (!isRefusal(error)) throw error;
          }
        }
      };
      tryAll(bentBytes(good, seededRandom(seed + 1), WARM_UP));
      // A collection takes longer than the inputs: where the one before ends is where this one begins.
      before ??= heapBytes();
      tryAll(bentBytes(good, seededRandom(seed)));
      const growth = heapBytes() - before;
      before += growth;
      expect(growth).toBeLessThan(MAX_GROWTH_BYTES);
    });
  }
}

/** After a collection. */
function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
