/**
 * The log of a Job: what became of it and what each machine did, for whoever wonders in the morning why it took so long. Whoever
 * coordinates writes, a section for each term. So logs are merged as results are, without a vote: of each section the higher version
 * counts. It is bounded whatever happens: the beginning and the latest events stay, those between are counted.
 */
import type { NodeId } from '../../wire/index.ts';
import type { JobEvent, JobEventKind, LogSection, NodeWork, Term } from '../contract.ts';
import { compareTerms, isSameTerm } from '../term.ts';

/** Terms change when machines go, hardly ever otherwise. */
export const MAX_SECTIONS = 16;
/** In all sections together. */
export const MAX_EVENTS = 256;
/** Of the first section: who asked for it, who came first. */
const FIRST_EVENTS = 16;
/** Nodes of one section. */
export const MAX_WORKING = 64;
export const MAX_DETAIL = 160;
export const MAX_NAME = 32;

/** How a Node stands to the Job: worth a line only when it is another than before. */
const STANDINGS: ReadonlySet<JobEventKind> = new Set(['joined', 'blocked', 'refused', 'wrong', 'left']);

/** What is counted of a Node. */
export type Counted = 'tasks' | 'failures' | 'expired';

export class JobLog {
  /** By term, the oldest first. */
  #sections: readonly LogSection[];
  #own: Term | undefined;

  constructor(sections: readonly LogSection[] = []) {
    this.#sections = bounded(sections);
  }

  get sections(): readonly LogSection[] {
    return this.#sections;
  }

  /** Another one whenever anything is. */
  get version(): number {
    return this.#sections.reduce((sum, { version }) => sum + version, 0);
  }

  /** Who coordinated last, as far as it was written down. */
  get lastLeader(): NodeId | undefined {
    return this.#sections.at(-1)?.term.node;
  }

  get isWritten(): boolean {
    return this.#own !== undefined;
  }

  /** This Node writes from now on, in that term. Nobody has written in a later one: what says so would push out what we write. */
  begin(term: Term): void {
    this.#own = term;
    this.#sections = this.#sections.filter((section) => compareTerms(section.term, term) <= 0);
  }

  /** Another one coordinates. */
  end(): void {
    this.#own = undefined;
  }

  /** `name`: what whoever did it is called now, where that is known. */
  add(event: JobEvent, name = ''): void {
    if (STANDINGS.has(event.kind) && !this.#isNews(event)) return;
    const detail = event.detail && cut(event.detail, MAX_DETAIL);
    this.#write((section) => {
      const named = event.node === undefined ? section : worked(section, event.node, name, {});
      return { ...named, events: [...section.events, { ...event, detail }] };
    });
  }

  /** One more of what that Node did; `name`: as it is called now. */
  count(node: NodeId, what: Counted, by: number, name: string): void {
    this.#write((section) => worked(section, node, name, { [what]: by }));
  }

  /** What another one has of it. True when that was news. Nobody else knows more of our own term, nor anything of a later one. */
  merge(sections: readonly LogSection[]): boolean {
    const before = this.version;
    const merged = [...this.#sections];
    for (const section of sections) {
      if (this.#own && compareTerms(section.term, this.#own) >= 0) continue;
      const place = merged.findIndex(({ term }) => isSameTerm(term, section.term));
      if (place < 0) merged.push(section);
      else if (section.version > (merged[place]?.version ?? 0)) merged[place] = section;
    }
    this.#sections = bounded(merged);
    return this.version !== before;
  }

  #write(change: (section: LogSection) => LogSection): void {
    const term = this.#own;
    if (!term) return;
    const own = this.#sections.find((section) => isSameTerm(section.term, term));
    const before = own ?? { term, version: 0, omitted: 0, events: [], work: [] };
    const after = change(before);
    if (after === before) return;
    const others = this.#sections.filter((section) => section !== own);
    this.#sections = bounded([...others, { ...after, version: before.version + 1 }]);
  }

  #isNews({ kind, node, detail }: JobEvent): boolean {
    const events = this.#sections.flatMap((section) => section.events);
    const last = events.findLast((one) => one.node === node && STANDINGS.has(one.kind));
    // Who comes and goes without a part in it is not told of.
    if (!last) return kind !== 'left';
    return last.kind !== kind || last.detail !== (detail && cut(detail, MAX_DETAIL));
  }
}

/**
 * The section with so much more of that Node's work, or with nothing but its name, which outlives it so. Where there is no place left, who
 * has only a name there gives way to who works.
 */
function worked(
  section: LogSection,
  node: NodeId,
  name: string,
  more: Partial<Record<Counted, number>>,
): LogSection {
  const known = section.work.find((one) => one.node === node);
  const before = known ?? { name: '', tasks: 0, failures: 0, expired: 0 };
  const after = {
    node,
    name: cut(name, MAX_NAME) || before.name,
    tasks: before.tasks + (more.tasks ?? 0),
    failures: before.failures + (more.failures ?? 0),
    expired: before.expired + (more.expired ?? 0),
  };
  const isWork = hasWorked(after);
  if (!isWork && (after.name === '' || after.name === known?.name)) return section;
  const isFull = !known && section.work.length >= MAX_WORKING;
  const replaced = isFull && isWork ? section.work.find((one) => !hasWorked(one)) : known;
  if (isFull && !replaced) return section;
  const work = replaced
    ? section.work.map((one) => (one === replaced ? after : one))
    : [...section.work, after];
  return { ...section, work };
}

/** No half of a surrogate pair is left. */
const cut = (text: string, most: number): string => text.slice(0, most).replace(/[\ud800-\udbff]$/, '');

const hasWorked = ({ tasks, failures, expired }: NodeWork): boolean => tasks + failures + expired > 0;

/** The first section and the latest, and of the events the first and the latest. */
function bounded(sections: readonly LogSection[]): readonly LogSection[] {
  const sorted = sections.toSorted((a, b) => compareTerms(a.term, b.term));
  const kept =
    sorted.length > MAX_SECTIONS ? [...sorted.slice(0, 1), ...sorted.slice(1 - MAX_SECTIONS)] : sorted;
  let surplus = kept.reduce((sum, { events }) => sum + events.length, 0) - MAX_EVENTS;
  if (surplus <= 0) return kept;
  return kept.map((section, place) => {
    const first = place === 0 ? FIRST_EVENTS : 0;
    const dropped = Math.min(surplus, Math.max(0, section.events.length - first));
    if (dropped <= 0) return section;
    surplus -= dropped;
    const events = [...section.events.slice(0, first), ...section.events.slice(first + dropped)];
    return { ...section, events, omitted: section.omitted + dropped };
  });
}

/** All that either has. */
export function mergedLogs(a: readonly LogSection[], b: readonly LogSection[]): readonly LogSection[] {
  const log = new JobLog(a);
  log.merge(b);
  return log.sections;
}

/** The log as people read it: its events in their order, and what each Node did in all terms together. */
export interface ReadableLog {
  readonly events: readonly JobEvent[];
  /** Events that are no longer kept; they lay after the first ones. */
  readonly omitted: number;
  /** Of those that did something. */
  readonly work: readonly NodeWork[];
  /** What those in it were called, as far as they said. */
  readonly names: ReadonlyMap<NodeId, string>;
}

export function readableLog(sections: readonly LogSection[]): ReadableLog {
  const work = new Map<NodeId, NodeWork>();
  for (const one of sections.flatMap((section) => section.work)) {
    const before = work.get(one.node) ?? { node: one.node, name: '', tasks: 0, failures: 0, expired: 0 };
    work.set(one.node, {
      node: one.node,
      name: one.name || before.name,
      tasks: before.tasks + one.tasks,
      failures: before.failures + one.failures,
      expired: before.expired + one.expired,
    });
  }
  return {
    events: sections.flatMap(({ events }) => events),
    omitted: sections.reduce((sum, { omitted }) => sum + omitted, 0),
    work: [...work.values()].filter(hasWorked).toSorted((a, b) => b.tasks - a.tasks),
    names: new Map([...work.values()].flatMap(({ node, name }) => (name === '' ? [] : [[node, name]]))),
  };
}
