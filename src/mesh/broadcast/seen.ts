/**
 * Remembers which (source, index) of flooded frames came before, in constant memory per source: the highest index and one
 * bit for each of the 999 before it. Indexes wrap at 10,000; what lies further back than the bits reach counts as new,
 * because a Node that was away for thousands of broadcasts must not go deaf to a source.
 */
import { INDEX_MODULUS, type NodeId } from '../../wire/index.ts';

/** How far behind the newest a copy may arrive: paths differ by milliseconds, a source
 * sends far fewer in those. It divides 10,000, so that `index % WINDOW` stays unambiguous across the wrap. */
const WINDOW = 1000;
/** Twice the topology's bound, so that live sources never push each other out. */
const MAX_SOURCES = 2048;

interface SourceHistory {
  highest: number;
  /** Bit of index i at i % WINDOW. */
  readonly bits: Uint32Array;
}

export class SeenBroadcasts {
  readonly #sources = new Map<NodeId, SourceHistory>();

  /** True the first time a frame is shown. */
  isNew(source: NodeId, index: number): boolean {
    const history = this.#sources.get(source);
    if (!history) {
      this.#remember(source, index);
      return true;
    }
    const ahead = (index - history.highest + INDEX_MODULUS) % INDEX_MODULUS;
    if (ahead === 0) return false;
    if (ahead >= INDEX_MODULUS - WINDOW + 1) return setBit(history.bits, index);
    clearBits(history.bits, history.highest, Math.min(ahead, WINDOW));
    history.highest = index;
    setBit(history.bits, index);
    return true;
  }

  /** Called when a Node is gone: its next life starts at any index. */
  forget(source: NodeId): void {
    this.#sources.delete(source);
  }

  #remember(source: NodeId, index: number): void {
    if (this.#sources.size >= MAX_SOURCES) {
      const oldest = this.#sources.keys().next();
      if (!oldest.done) this.#sources.delete(oldest.value);
    }
    const history = { highest: index, bits: new Uint32Array(Math.ceil(WINDOW / 32)) };
    setBit(history.bits, index);
    this.#sources.set(source, history);
  }
}

/** Sets the bit of `index`; true when it was clear. */
function setBit(bits: Uint32Array, index: number): boolean {
  const at = index % WINDOW;
  const mask = 1 << (at & 31);
  const word = bits[at >> 5] ?? 0;
  bits[at >> 5] = word | mask;
  return (word & mask) === 0;
}

function clearBits(bits: Uint32Array, after: number, count: number): void {
  for (let i = 1; i <= count; i++) {
    const at = ((after + i) % INDEX_MODULUS) % WINDOW;
    bits[at >> 5] = (bits[at >> 5] ?? 0) & ~(1 << (at & 31));
  }
}
