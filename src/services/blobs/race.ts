/**
 * All tries to bring one Blob here, side by side, as a pure state machine. The name of a Blob covers the whole only: whether
 * a source is honest shows at the end. So sources that agree on the size work together on one Transfer, those that claim
 * another size on another one beside it, and the first whole that has the right hash wins: whoever claims a gibibyte and
 * trickles keeps nobody waiting. When a whole is wrong and came from several sources, nobody knows which one lied: from then
 * on each of them gives all of it alone, again side by side, and a wrong whole convicts its source.
 */
import type { NodeId } from '../../wire/index.ts';
import { type PieceRequest, QUIET_MS, Transfer } from './transfer.ts';

/** Side by side: each costs the memory of what has come of it. */
const MAX_RACING = 3;

export type RaceState = 'receiving' | 'complete' | 'starved';

export class TransferRace {
  /** At most MAX_RACING. */
  readonly #racing = new Map<Transfer, { readonly sinceMs: number }>();
  readonly #waiting: Transfer[] = [];
  readonly #convicted = new Set<NodeId>();
  /** Sizes of which a mixed whole was wrong: their sources work alone. */
  readonly #mistrusted = new Set<number>();
  #expectedBytes: number | undefined;

  /** The size is known from elsewhere: who claims another one is no source. */
  expect(totalBytes: number): void {
    if (this.#expectedBytes !== undefined) return;
    this.#expectedBytes = totalBytes;
    for (const transfer of this.#all()) if (transfer.totalBytes !== totalBytes) this.#remove(transfer);
  }

  get expectedBytes(): number | undefined {
    return this.#expectedBytes;
  }

  /** What a person sees: the try that has come farthest. */
  get leader(): Transfer | undefined {
    let leader: Transfer | undefined;
    for (const transfer of this.#racing.keys()) {
      if (!leader || transfer.receivedBytes > leader.receivedBytes) leader = transfer;
    }
    return leader;
  }

  /** A whole to check. */
  get complete(): Transfer | undefined {
    for (const transfer of this.#racing.keys()) if (transfer.isComplete) return transfer;
    return undefined;
  }

  /** The source whose whole was wrong, the last one. */
  get lastConvicted(): NodeId | undefined {
    return [...this.#convicted].at(-1);
  }

  /** `starved`: no source is left to ask. */
  get state(): RaceState {
    if (this.complete) return 'complete';
    return this.#all().some(({ active }) => active.length > 0) ? 'receiving' : 'starved';
  }

  isKnown(source: NodeId): boolean {
    return this.#convicted.has(source) || this.#all().some(({ sources }) => sources.includes(source));
  }

  /** A Node says that it has the Blob, of that size. Whether it is taken for a source. */
  found(source: NodeId, totalBytes: number, nowMs: number): boolean {
    if (this.isKnown(source)) return false;
    if (this.#expectedBytes !== undefined && totalBytes !== this.#expectedBytes) return false;
    const mates = this.#mistrusted.has(totalBytes)
      ? undefined
      : this.#all().find((transfer) => transfer.totalBytes === totalBytes);
    const transfer = mates ?? new Transfer(totalBytes);
    transfer.add(source);
    if (!mates) this.#waiting.push(transfer);
    this.#promote(nowMs);
    return true;
  }

  /** What the disk has of it, if it is of that size: nobody is asked for it again. @throws RangeError when there is no memory for it */
  keep(totalBytes: number, offset: number, bytes: Uint8Array, nowMs: number): void {
    if (this.#mistrusted.has(totalBytes)) return;
    const before = this.#all().find((transfer) => transfer.totalBytes === totalBytes);
    const transfer = before ?? new Transfer(totalBytes);
    if (!before) this.#waiting.push(transfer);
    transfer.keep(offset, bytes);
    this.#promote(nowMs);
  }

  /** The Node left or does not have the Blob any more. */
  lost(source: NodeId, nowMs: number): void {
    for (const transfer of this.#all()) {
      transfer.lose(source);
      if (transfer.sources.length === 0 && transfer.receivedBytes === 0) this.#remove(transfer);
    }
    this.#settle(nowMs);
  }

  /** What to ask for now. */
  requests(nowMs: number): PieceRequest[] {
    return [...this.#racing.keys()].flatMap((transfer) => transfer.requests(nowMs));
  }

  /** @throws RangeError when there is no memory for it */
  arrived(request: PieceRequest, bytes: Uint8Array, nowMs: number): void {
    if (!this.#racing.has(request.transfer)) return;
    request.transfer.arrived(request, bytes, nowMs);
    this.#settle(nowMs);
  }

  failed(request: PieceRequest, nowMs: number): void {
    request.transfer.failed(request);
    this.#settle(nowMs);
  }

  /** A whole does not have the Blob's hash. */
  wasCorrupt(transfer: Transfer, nowMs: number): void {
    this.#remove(transfer);
    // Nobody contributes to a Blob of no bytes: all who claimed that lied.
    const suspects = transfer.contributors.size === 0 ? transfer.sources : [...transfer.contributors];
    const isClear = suspects.length === 1 || transfer.totalBytes === 0;
    // What lay on the disk may have been wrong: all start over without it.
    if (!transfer.hasKept) {
      if (isClear) for (const liar of suspects) this.#convicted.add(liar);
      else this.#mistrusted.add(transfer.totalBytes);
    }
    const others = transfer.sources.filter((source) => !this.#convicted.has(source));
    for (const source of others) this.found(source, transfer.totalBytes, nowMs);
    this.#promote(nowMs);
  }

  /** Call about once a second: sets aside who is quiet where others are not, and lets others have a turn. */
  tick(nowMs: number): void {
    for (const transfer of this.#racing.keys()) {
      for (const source of transfer.quiet(nowMs)) {
        if (this.#hasOther(source)) transfer.setAside(source);
      }
    }
    this.#makeWay(nowMs);
    this.#settle(nowMs);
  }

  #hasOther(source: NodeId): boolean {
    return this.#all().some(({ active }) => active.some((other) => other !== source));
  }

  /** While others wait, who would take longest gives up its place, and what it has. */
  #makeWay(nowMs: number): void {
    if (this.#waiting.length === 0) return;
    let slowest: { transfer: Transfer; leftMs: number } | undefined;
    for (const [transfer, { sinceMs }] of this.#racing) {
      const ageMs = nowMs - sinceMs;
      if (ageMs < QUIET_MS || transfer.isComplete) continue;
      const leftMs = (transfer.totalBytes - transfer.receivedBytes) / (transfer.receivedBytes / ageMs);
      if (!slowest || leftMs > slowest.leftMs) slowest = { transfer, leftMs };
    }
    if (!slowest) return;
    const { transfer } = slowest;
    this.#racing.delete(transfer);
    this.#promote(nowMs);
    const again = new Transfer(transfer.totalBytes);
    for (const source of transfer.sources) again.add(source);
    if (again.sources.length > 0) this.#waiting.push(again);
    this.#promote(nowMs);
  }

  /** Those set aside are asked again when there is nobody else; empty places are filled. */
  #settle(nowMs: number): void {
    this.#promote(nowMs);
    if (this.state !== 'starved') return;
    for (const transfer of this.#racing.keys()) transfer.readmit(nowMs);
  }

  /** Most sources first, then the smallest: the cheapest to disprove. */
  #promote(nowMs: number): void {
    for (const transfer of this.#racing.keys()) {
      const isIdle = transfer.sources.length === 0 && !transfer.isComplete;
      if (isIdle && this.#waiting.length > 0 && this.#racing.size >= MAX_RACING)
        this.#racing.delete(transfer);
    }
    this.#waiting.sort((a, b) => b.sources.length - a.sources.length || a.totalBytes - b.totalBytes);
    while (this.#racing.size < MAX_RACING) {
      const next = this.#waiting.shift();
      if (!next) return;
      this.#racing.set(next, { sinceMs: nowMs });
    }
  }

  #remove(transfer: Transfer): void {
    this.#racing.delete(transfer);
    const place = this.#waiting.indexOf(transfer);
    if (place >= 0) this.#waiting.splice(place, 1);
  }

  #all(): readonly Transfer[] {
    return [...this.#racing.keys(), ...this.#waiting];
  }
}
