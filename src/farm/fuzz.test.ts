/** Whatever bytes a member or a disk brings to the farm. */
import { seededRandom } from '../runtime/index.ts';
import { itWithstands } from '../wire/fuzzed.testing.ts';
import { newNodeId } from '../wire/index.ts';
import type { JobId } from './contract.ts';
import { named } from './description.ts';
import { decodeJob, encodeJob } from './driver/archive/job-record.ts';
import { decodeLog, encodeLog } from './log/log-codec.ts';
import { decodeMessage, encodeMessage, FARM_MESSAGES } from './message-codec.ts';
import type { FarmMessage } from './messages.ts';
import { decodePart, decodeResult, encodePart, encodeResult } from './payload.ts';
import { decodeRoll, encodeRoll } from './roll-call/roll-codec.ts';
import { decodeAttributed, encodeAttributed } from './trust/part-codec.ts';
import { decodeResults, encodeResults } from './trust/results-codec.ts';

const random = seededRandom(1);
const [a, b] = [newNodeId(random), newNodeId(random)];
const description = named({
  ...{ kind: 'render', title: 'Teapot', taskCount: 9, spec: Uint8Array.of(1, 2) },
  ...{ submitter: a, submittedAtMs: 1_790_000_000_000 },
});
const { id } = description;
const about = { id, term: 3, worker: 1 };
const lease = { task: 7, fence: 9 };
const control = { version: 5, phase: 'paused', reason: 'later', priority: 4 } as const;
const messages: readonly FarmMessage[] = [
  { type: 'description', id, description },
  {
    ...{ type: 'beat', id, term: 3, control, standby: a, holders: [a, b], doneCost: 12.5, totalCost: 1e12 },
    ...{ inWork: 7, checked: 300, liars: [{ node: b, withdrawnCost: 6.5 }] },
  },
  { type: 'pull', ...about, isEmptyHanded: true, held: Uint32Array.of(1, 2) },
  { type: 'grant', ...about, leases: [lease, { task: 0, fence: 1 }] },
  { type: 'check', ...about, checks: [{ ...lease, range: { first: 63, count: 1 } }] },
  { type: 'failure', ...about, lease, reason: 'out of memory' },
  { type: 'wish', id, wish: { type: 'priority', priority: 0 } },
  { type: 'versions', id, first: 65_536, versions: Uint32Array.of(0, 7) },
];
const log = encodeLog([
  {
    ...{ term: { number: 3, node: a }, version: 2, omitted: 0 },
    events: [{ atMs: 1_790_000_000_000, kind: 'submitted', node: a, detail: 'by hand' }],
    work: [],
  },
]);
const range = { first: 63, count: 1 };
const hash = '0123456789abcdef0123456789abcdef';
const good = [
  ...messages.map(encodeMessage),
  log,
  encodeJob({ description, control, term: { number: 3, node: a }, liars: [], log: [] }),
  encodeResult({ ...about, lease, elapsedMs: 12.5, bytes: Uint8Array.of(1, 2, 3, 4) }),
  encodePart({ id, part: 4, bytes: Uint8Array.of(9) }),
  encodeRoll({ jobs: [id, hash as JobId], members: 4 }),
  encodeAttributed({
    ...{ form: 'whole', generation: 3, makers: [a, b], bytes: Uint8Array.of(1, 2, 3) },
    unchecked: [{ task: 4, range, maker: b, hash }],
  }),
  encodeResults([{ task: 1, worker: { node: a, index: 0 }, bytes: Uint8Array.of(1, 2) }], [a, b], b),
];

itWithstands(
  {
    decodeMessage: (bytes) => FARM_MESSAGES.map((type) => decodeMessage(type, bytes)),
    decodeLog,
    decodeJob,
    decodeResult,
    decodePart,
    decodeRoll,
    decodeAttributed,
    decodeResults: (bytes) => decodeResults(bytes, [a, b]),
  },
  good,
  11,
  (error) => error instanceof Error && 'code' in error && error.code === 'bad-part',
);
