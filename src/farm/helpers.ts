/** How the Nodes that help with a Job, or could, stand to it: what its coordinator has been told by each. */
import type { NodeId } from '../wire/index.ts';
import type { Helper } from './contract.ts';

interface Standing {
  state: 'fetching' | 'ready' | 'refused';
  reason: string | undefined;
  receivedBytes: number;
  totalBytes: number;
}

export class Helpers {
  /** In the order in which they were first heard of. */
  readonly #records = new Map<NodeId, Standing>();
  /** Nodes that have results and are getting the inputs, or had them when another coordinated. */
  readonly #others: Set<NodeId>;

  /** Nodes that cannot keep a copy of the results. */
  readonly #unable = new Set<NodeId>();

  constructor(before: Iterable<NodeId>) {
    this.#others = new Set(before);
  }

  inputs(node: NodeId, receivedBytes: number, totalBytes: number): void {
    const record = this.#record(node);
    record.receivedBytes = receivedBytes;
    record.totalBytes = totalBytes;
    if (record.state === 'refused') record.state = 'fetching';
  }

  /** It asked for work, so it has the inputs. True when that is news. */
  ready(node: NodeId): boolean {
    const record = this.#record(node);
    const isNews = record.state !== 'ready';
    record.state = 'ready';
    record.reason = undefined;
    return isNews;
  }

  refused(node: NodeId, reason: string): void {
    const record = this.#record(node);
    record.state = 'refused';
    record.reason = reason;
  }

  unable(node: NodeId): void {
    this.#unable.add(node);
  }

  /** It has results to offer. One that only looks on has them because it was asked to keep them while nobody better was there. */
  offers(node: NodeId): void {
    this.#unable.delete(node);
    if (this.#records.has(node)) this.#others.add(node);
  }

  left(node: NodeId): void {
    this.#others.delete(node);
    this.#unable.delete(node);
    this.#records.delete(node);
  }

  /** Whether workers may yet appear. */
  get isHelpComing(): boolean {
    return [...this.#records.values()].some(({ state }) => state === 'fetching');
  }

  isUnable(node: NodeId): boolean {
    return this.#unable.has(node);
  }

  /** Nodes that have the inputs, those that have had them longest first. */
  withInputs(): readonly NodeId[] {
    return [...this.#records].flatMap(([node, { state }]) => (state === 'ready' ? [node] : []));
  }

  /** Nodes that may keep a copy of the results, the likeliest first. */
  candidates(): readonly NodeId[] {
    const hasRefused = (node: NodeId): boolean => this.#records.get(node)?.state === 'refused';
    const all = [...new Set([...this.withInputs(), ...this.#others])];
    return all.filter((node) => !this.isUnable(node) && !hasRefused(node));
  }

  /** `workOf`: of a Node that has the inputs. */
  view(workOf: (node: NodeId) => Pick<Helper, 'state' | 'reason' | 'checked'>): readonly Helper[] {
    return [...this.#records].map(([node, { state, reason, receivedBytes, totalBytes }]) => ({
      node,
      receivedBytes,
      totalBytes,
      ...(state === 'ready' ? workOf(node) : { state, reason, checked: 0 }),
    }));
  }

  #record(node: NodeId): Standing {
    let record = this.#records.get(node);
    if (!record) {
      record = { state: 'fetching', reason: undefined, receivedBytes: 0, totalBytes: 0 };
      this.#records.set(node, record);
    }
    return record;
  }
}
