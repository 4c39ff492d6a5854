/**
 * The Jobs of one Network on a device's disk. Of each part the newest version is kept: a newer one is written beside the older, which
 * goes when the newer is there. So a crash loses nothing that was written, and two tabs that write the same Job cannot undo each
 * other's work, whoever is last.
 *
 * The tabs of one browser divide the Jobs among themselves by claims (Web Locks): a tab loads a Job, and may remove it, only while no
 * other tab has it claimed. Who writes claims it if it is free, and writes in any case. When the disk is full, the oldest finished Job goes; unfinished ones never.
 */
import { type Clock, equalBytes } from '../../../runtime/index.ts';
import type { Claims, DiskPlace, Shelf } from '../../../services/disk/index.ts';
import type { ArchivedJob, JobArchive, JobId } from '../../contract.ts';
import { decodeJob, encodeJob, mergeJobs } from './job-record.ts';
import { type JobKey, jobKey, jobPrefix, parseJobKey, parsePartKey, partKey, partPrefix } from './keys.ts';

/** A page that is reloaded asks before the one it replaces has let go. */
const LOAD_CLAIM_MS = 2_000;
/** What other tabs wrote of a Job is looked up when it was not for so long. */
const LOOK_MS = 10_000;

interface KeptPart {
  readonly version: number;
  readonly key: string;
}

/** What is there of a Job's parts: the newest version of each last. */
type KeptParts = Map<number, KeptPart[]>;

export class DiskArchive implements JobArchive {
  readonly #shelf: Shelf;
  readonly #claims: Claims;
  readonly #clock: Clock;
  readonly #wallClock: Clock;
  readonly #claimed = new Map<JobId, Promise<(() => void) | undefined>>();
  readonly #kept = new Map<JobId, { readonly lookedAtMs: number; readonly parts: Promise<KeptParts> }>();
  /** Writes under way. */
  readonly #writing = new Map<JobId, Set<Promise<unknown>>>();
  readonly #removing = new Set<JobId>();

  constructor({ shelf, claims }: DiskPlace, clock: Clock, wallClock: Clock) {
    this.#shelf = shelf;
    this.#claims = claims;
    this.#clock = clock;
    this.#wallClock = wallClock;
    shelf.onFull(() => this.#removeOldest());
  }

  async load(): Promise<readonly ArchivedJob[]> {
    // One list: what is in it and what is not is seen at the same moment.
    const keys = await this.#shelf.keys('');
    const known = new Set(keys.flatMap((key) => parseJobKey(key)?.id ?? []));
    const withParts = new Set(keys.flatMap((key) => parsePartKey(key)?.id ?? []));
    const jobs = await Promise.all([...known].map((id) => this.#load(id)));
    for (const id of withParts) if (!known.has(id)) await this.remove(id);
    return jobs.filter((job) => job !== undefined);
  }

  async *parts(id: JobId): AsyncIterable<{ readonly part: number; readonly bytes: Uint8Array }> {
    const parts = await this.#look(id);
    // In their order: a store may finish what lies together, and let it go.
    for (const [part, versions] of [...parts].sort(([a], [b]) => a - b)) {
      // The last one may be torn: then the one before it is the newest.
      for (const { key } of versions.toReversed()) {
        const bytes = await this.#shelf.read(key);
        if (!bytes) continue;
        yield { part, bytes };
        break;
      }
    }
    this.#kept.delete(id); // torn ones are gone
  }

  save(job: ArchivedJob): Promise<boolean> {
    const { id } = job.description;
    return this.#write(id, async () => {
      await this.#claim(id);
      const before = await this.#records(id);
      const merged = before.reduce((all, one) => mergeJobs(all, one.job), job);
      const bytes = encodeJob(merged);
      const [only] = before;
      if (only && before.length === 1 && equalBytes(encodeJob(only.job), bytes)) return true;
      const key = jobKey(merged, Math.floor(this.#wallClock.now()));
      const obsolete = before.flatMap((one) => (one.key === key ? [] : [one.key]));
      return this.#shelf.write([{ key, bytes }], obsolete);
    });
  }

  savePart(id: JobId, part: number, version: number, bytes: Uint8Array): Promise<boolean> {
    return this.#write(id, async () => {
      const parts = await this.#look(id);
      const before = parts.get(part) ?? [];
      const newest = before.at(-1);
      if (newest && newest.version >= version) return true;
      const key = partKey({ id, part, version }, bytes.length);
      const older = before.map((one) => one.key);
      if (!(await this.#shelf.write([{ key, bytes }], older))) return false;
      const others = (parts.get(part) ?? []).filter((one) => !older.includes(one.key));
      parts.set(part, sorted([...others, { version, key }]));
      return true;
    });
  }

  async isKept(id: JobId): Promise<boolean> {
    const keys = await this.#shelf.keys(jobPrefix(id));
    if (keys.length > 0 || this.#shelf.isPaused) return true;
    this.#kept.delete(id);
    this.#shelf.reportLoss();
    return false;
  }

  async remove(id: JobId): Promise<void> {
    if (this.#removing.has(id) || !(await this.#claim(id))) return;
    this.#removing.add(id);
    await Promise.allSettled(this.#writing.get(id) ?? []);
    await this.#removeRecords(id);
    this.#removing.delete(id);
    await this.#release(id);
  }

  async #load(id: JobId): Promise<ArchivedJob | undefined> {
    if (!(await this.#claim(id, LOAD_CLAIM_MS))) return undefined;
    const [first, ...others] = (await this.#records(id)).map(({ job }) => job);
    if (first) return others.reduce(mergeJobs, first);
    // Torn, or the disk went away: whoever loads next sees which, and may remove what is left.
    await this.#release(id);
    return undefined;
  }

  async #release(id: JobId): Promise<void> {
    const release = await this.#claimed.get(id);
    this.#claimed.delete(id);
    release?.();
  }

  /** A Job has one record, or several when tabs wrote at once. */
  async #records(id: JobId): Promise<readonly { readonly key: string; readonly job: ArchivedJob }[]> {
    const records: { key: string; job: ArchivedJob }[] = [];
    for (const key of await this.#shelf.keys(jobPrefix(id))) {
      const bytes = await this.#shelf.read(key);
      const job = bytes && decodeJob(bytes);
      if (job?.description.id === id) records.push({ key, job });
      else if (bytes) await this.#shelf.remove([key]);
    }
    return records;
  }

  async #write(id: JobId, write: () => Promise<boolean>): Promise<boolean> {
    if (this.#shelf.isPaused || this.#removing.has(id)) return false;
    const writes = this.#writing.get(id) ?? new Set();
    this.#writing.set(id, writes);
    const written = write();
    writes.add(written);
    try {
      return await written;
    } finally {
      writes.delete(written);
      if (writes.size === 0) this.#writing.delete(id);
    }
  }

  /** Once for all who ask within a while. */
  #look(id: JobId): Promise<KeptParts> {
    const known = this.#kept.get(id);
    const lookedAtMs = this.#clock.now();
    if (known && lookedAtMs - known.lookedAtMs < LOOK_MS) return known.parts;
    const parts = this.#lookAnew(id);
    this.#kept.set(id, { lookedAtMs, parts });
    return parts;
  }

  async #lookAnew(id: JobId): Promise<KeptParts> {
    await this.#claim(id); // whoever had it may be gone
    const parts: KeptParts = new Map();
    for (const key of await this.#shelf.keys(partPrefix(id))) {
      const parsed = parsePartKey(key);
      if (!parsed) continue;
      const { part, version } = parsed;
      parts.set(part, sorted([...(parts.get(part) ?? []), { version, key }]));
    }
    return parts;
  }

  async #claim(id: JobId, waitMs = 0): Promise<boolean> {
    const claimed = this.#claimed.get(id) ?? this.#claims.claim(`job ${id}`, waitMs);
    this.#claimed.set(id, claimed);
    if (await claimed) return true;
    if (this.#claimed.get(id) === claimed) this.#claimed.delete(id);
    return false;
  }

  async #removeRecords(id: JobId): Promise<void> {
    this.#kept.delete(id);
    const keys = await Promise.all([partPrefix(id), jobPrefix(id)].map((prefix) => this.#shelf.keys(prefix)));
    await this.#shelf.remove(keys.flat());
  }

  /** Makes room. What is being written now is needed, and what another tab works on is not ours to remove. */
  async #removeOldest(): Promise<boolean> {
    const newest = new Map<JobId, JobKey>();
    for (const key of await this.#shelf.keys('job/')) {
      const parsed = parseJobKey(key);
      const before = parsed && newest.get(parsed.id);
      if (parsed && (!before || before.savedAtMs < parsed.savedAtMs)) newest.set(parsed.id, parsed);
    }
    const finished = [...newest.values()].filter(({ id, isFinal }) => isFinal && !this.#writing.has(id));
    for (const { id } of finished.sort((a, b) => a.savedAtMs - b.savedAtMs)) {
      if (!(await this.#claim(id))) continue;
      await this.#removeRecords(id);
      return true;
    }
    return false;
  }
}

/** The place's Jobs: give it to the Farm. */
export function openJobArchive(place: DiskPlace, clock: Clock, wallClock: Clock): JobArchive {
  return new DiskArchive(place, clock, wallClock);
}

const sorted = (versions: KeptPart[]): KeptPart[] => versions.sort((a, b) => a.version - b.version);
