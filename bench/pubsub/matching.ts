/** How fast a subject finds who wants it among a million patterns, and whether it finds the same as a comparison one by one. */
import { integerBelow, seededRandom } from '../../src/runtime/index.ts';
import type { Pattern, Subject } from '../../src/services/pubsub/contract.ts';
import { matches } from '../../src/services/pubsub/subject.ts';
import { SubjectTrie } from '../../src/services/pubsub/trie.ts';

export interface Matching {
  readonly patterns: number;
  readonly cachedPerSecond: number;
  readonly freshPerSecond: number;
  /** Comparisons one by one, of a subject with all patterns. */
  readonly naivePerSecond: number;
  readonly isEqual: boolean;
}

/** As many as a busy Broker's publishers use at a time; they stay in the tree's memory. */
const WORKING_SET = 2_000;
const CACHED = 4_000_000;
const FRESH = 200_000;
const COMPARED = 30;
const WILDCARDS = 0.1;

/** @param count patterns, a tenth of them with a wildcard */
export function measureMatching(count: number): Matching {
  const random = seededRandom(11);
  const trie = new SubjectTrie<number, readonly number[]>((values) => values);
  const subjectOf = (i: number): Subject =>
    `org${i % 50}.dev${Math.floor(i / 50) % 200}.sensor${Math.floor(i / 10_000)}` as Subject;
  const patterns = Array.from({ length: count }, (_, i): Pattern => {
    if (i >= count * WILDCARDS) return subjectOf(i) as string as Pattern;
    const [org, dev, sensor] = subjectOf(i).split('.');
    return (
      i % 3 === 0 ? `${org}.*.${sensor}` : i % 3 === 1 ? `*.${dev}.${sensor}` : `${org}.${dev}x.>`
    ) as Pattern;
  });
  for (const [i, pattern] of patterns.entries()) trie.insert(pattern, i);
  const subjects = Array.from({ length: FRESH }, () => subjectOf(integerBelow(random, count)));
  const fresh = perSecond(FRESH, (i) => trie.match(subjects[i] ?? subjectOf(0)).length);
  const working = subjects.slice(0, WORKING_SET);
  for (const subject of working) trie.match(subject);
  const cached = perSecond(CACHED, (i) => trie.match(working[i % WORKING_SET] ?? subjectOf(0)).length);
  let isEqual = true;
  const naive = perSecond(COMPARED, (i) => {
    const subject = subjects[i] ?? subjectOf(0);
    const tokens = subject.split('.');
    const found = patterns.flatMap((pattern, at) => (matches(pattern, tokens) ? [at] : []));
    const treed = [...trie.match(subject)].sort((a, b) => a - b);
    isEqual &&= found.length === treed.length && found.every((at, j) => at === treed[j]);
    return found.length;
  });
  return {
    patterns: count,
    cachedPerSecond: Math.round(cached),
    freshPerSecond: Math.round(fresh),
    naivePerSecond: Math.round(naive),
    isEqual,
  };
}

function perSecond(count: number, run: (i: number) => number): number {
  const startMs = performance.now();
  let found = 0;
  for (let i = 0; i < count; i++) found += run(i);
  if (found < 0) throw new Error('unreachable');
  return (count * 1000) / (performance.now() - startMs);
}
