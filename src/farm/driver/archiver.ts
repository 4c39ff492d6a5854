/**
 * Keeps on this device's disk what this Node has of its Jobs, every few seconds, and brings it back when the tab opens again. What fails
 * there is said once and never stops a Job.
 */
import { log, messageOf, type Timers } from '../../runtime/index.ts';
import type { ArchivedJob, JobArchive, JobId, JobView } from '../contract.ts';
import { isFinal } from '../control.ts';
import { named } from '../description.ts';
import type { AttributedStore } from '../trust/attributed-store.ts';

/** Between two looks at what has changed. */
const SAVE_MS = 3_000;
/**
 * A part of a Job that is under way is written every fifth time, or when there is twice as much in it: it is written whole, however
 * little has come. So what is lost when every tab is closed at once is some seconds of a long render, and half of a short one. While another
 * Node has the results, too, all that has changed is written every fifth time, and nothing between.
 */
const PART_LOOKS = 5;
const PART_GROWTH = 2;
/** So often, and whenever its head is written, it is looked up whether a Job that is not over is still there: when parts are written anyhow. */
const LOSS_LOOKS = PART_LOOKS;
/** Parts on their way to the disk at a time: encoded, they take memory. */
const PARTS_AT_ONCE = 8;
/** Until a Job whose kind could not come is tried again: the server may be back. */
const KIND_AGAIN_MS = 15_000;
/** Jobs that are over whose results are taken into memory when the tab opens, the newest. */
const MAX_RESTORED_OVER = 8;

/** What is on the disk of a Job. */
interface Saved {
  /** As it was written. */
  head: string;
  readonly versions: Map<number, number>;
  /** Looks so far, and in which of them each part was written. */
  looks: number;
  readonly writtenAt: Map<number, number>;
}

const savedNothing = (): Saved => ({ head: '', versions: new Map(), looks: 0, writtenAt: new Map() });

export type Archivable = ArchivedJob & Pick<JobView, 'standby' | 'isAttended'>;

export interface ArchiverPort {
  readonly archive: JobArchive;
  readonly timers: Timers;
  job(id: JobId): Archivable | undefined;
  store(id: JobId): AttributedStore | undefined;
  /** Rejects where what it takes cannot come now. */
  makeStore(job: ArchivedJob): Promise<AttributedStore | undefined>;
  restored(job: ArchivedJob, store: AttributedStore | undefined): void;
}

export class Archiver {
  readonly #port: ArchiverPort;
  readonly #changed = new Set<JobId>();
  readonly #saved = new Map<JobId, Saved>();
  /** One thing at a time: a disk has one arm, or should be treated so. */
  #work: Promise<void> = Promise.resolve();
  #stopTimer: (() => void) | undefined;
  #stopWaiting: (() => void) | undefined;
  #hasFailed = false;
  #isClosed = false;

  constructor(port: ArchiverPort) {
    this.#port = port;
  }

  /** Brings back what is on the disk. */
  load(): Promise<void> {
    return this.#then(async () => {
      const jobs = (await this.#port.archive.load()).filter(isWhole);
      const over = jobs.filter(({ control }) => isFinal(control.phase));
      const newest = new Set(
        over
          .toSorted((a, b) => b.description.submittedAtMs - a.description.submittedAtMs)
          .slice(0, MAX_RESTORED_OVER),
      );
      for (const job of jobs) this.#saved.set(job.description.id, { ...savedNothing(), head: headOf(job) });
      await this.#restore(jobs, (job) => !isFinal(job.control.phase) || newest.has(job));
    });
  }

  changed(id: JobId): void {
    this.#changed.add(id);
    if (this.#isClosed) return;
    this.#stopTimer ??= this.#port.timers.after(SAVE_MS, () => {
      this.#stopTimer = undefined;
      this.flush();
    });
  }

  removed(id: JobId): void {
    this.#changed.delete(id);
    void this.#then(async () => {
      if (this.#saved.delete(id)) await this.#port.archive.remove(id);
    });
  }

  /** Saves what has changed now. Resolves when it is on the disk, or could not be. */
  flush(): Promise<void> {
    return this.#then(async () => {
      const ids = [...this.#changed];
      this.#changed.clear();
      for (const id of ids) {
        await this.#save(id).catch((error: unknown) => {
          this.#failed(error);
          this.changed(id);
        });
      }
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer?.();
    this.#stopWaiting?.();
  }

  /** One whose kind cannot come now waits, and holds up no other. */
  async #restore(jobs: readonly ArchivedJob[], isWanted: (job: ArchivedJob) => boolean): Promise<void> {
    const waiting: ArchivedJob[] = [];
    for (const job of jobs) {
      const saved = this.#saved.get(job.description.id);
      if (this.#isClosed) return;
      if (!saved) continue; // forgotten meanwhile
      try {
        this.#port.restored(job, isWanted(job) ? await this.#read(job, saved.versions) : undefined);
      } catch (error) {
        log('warn', `a job on this device's disk has to wait: ${messageOf(error)}`);
        waiting.push(job);
      }
    }
    if (waiting.length === 0 || this.#isClosed) return;
    this.#stopWaiting = this.#port.timers.after(
      KIND_AGAIN_MS,
      () => void this.#then(() => this.#restore(waiting, isWanted)),
    );
  }

  async #read(job: ArchivedJob, versions: Map<number, number>): Promise<AttributedStore | undefined> {
    const store = await this.#port.makeStore(job);
    if (!store) return undefined;
    try {
      for await (const { part, bytes } of this.#port.archive.parts(job.description.id)) {
        this.#merge(store, part, bytes, versions);
      }
    } catch (error) {
      this.#failed(error); // what came before is here all the same, and so are the other Jobs
    }
    return store;
  }

  #merge(store: AttributedStore, part: number, bytes: Uint8Array, versions: Map<number, number>): void {
    try {
      store.mergePart(part, bytes);
      versions.set(part, store.version(part));
    } catch (error) {
      log('warn', `part ${part} of a job on the disk is none: ${messageOf(error)}`);
    }
  }

  /** Whoever has results saves them; of a Job that is on the disk how it goes on, so that it does not begin again by mistake. */
  async #save(id: JobId): Promise<void> {
    const job = this.#port.job(id);
    const store = this.#port.store(id);
    if (!job) return;
    const known = this.#saved.get(id) ?? savedNothing();
    known.looks++;
    const isLost = await this.#isLost(job, known);
    if (isLost) this.#saved.delete(id);
    if (!store && !this.#saved.has(id)) return;
    const saved = isLost ? { ...savedNothing(), looks: known.looks } : known;
    this.#saved.set(id, saved);
    const head = headOf(job);
    if (head !== saved.head) {
      const { description, control, term, liars, log } = job;
      if (!(await this.#port.archive.save({ description, control, term, liars, log })))
        return this.changed(id);
      saved.head = head;
    }
    if (store && !(await this.#saveParts(job, store, saved))) this.changed(id);
  }

  /** It was written, and is not there any more. One that is over was to be forgotten. */
  async #isLost(job: Archivable, { head, looks }: Saved): Promise<boolean> {
    const { description, control } = job;
    if (!head || isFinal(control.phase)) return false;
    // Before the head is written, too: a head that is there would hide that all the rest is not.
    if (looks % LOSS_LOOKS > 0 && head === headOf(job)) return false;
    return !(await this.#port.archive.isKept(description.id));
  }

  /** A few at a time. False when something is to be written yet: it is not its time, or the disk takes no more for now. */
  async #saveParts(
    { description: { id }, control, standby, isAttended }: Archivable,
    store: AttributedStore,
    saved: Saved,
  ): Promise<boolean> {
    const { versions, writtenAt, looks: look } = saved;
    const isElsewhere = standby !== undefined && isAttended;
    const writes: Promise<boolean>[] = [];
    let isAll = true;
    for (let part = 0; part < store.partCount; part++) {
      const version = store.version(part);
      const before = versions.get(part) ?? 0;
      if (version <= before) continue;
      const nextLook = (writtenAt.get(part) ?? Number.NEGATIVE_INFINITY) + PART_LOOKS;
      const isEarly = isElsewhere ? look % PART_LOOKS > 0 : look < nextLook && version < PART_GROWTH * before;
      if (isEarly && control.phase === 'running') {
        isAll = false;
        continue;
      }
      const write = async (): Promise<boolean> => {
        const bytes = await this.#encoded(store, part);
        if (!bytes) {
          isAll = false;
          return true; // the others are none the worse for it
        }
        if (!(await this.#port.archive.savePart(id, part, version, bytes))) return false;
        versions.set(part, version);
        writtenAt.set(part, look);
        return true;
      };
      writes.push(write());
      if (writes.length < PARTS_AT_ONCE) continue;
      if (!areAll(await Promise.all(writes.splice(0)))) return false;
      if (this.#port.store(id) !== store) return true; // closed: another one has what is newer
    }
    return areAll(await Promise.all(writes)) && isAll;
  }

  /** Undefined where it cannot be read now: it may lie on a disk. */
  async #encoded(store: AttributedStore, part: number): Promise<Uint8Array | undefined> {
    try {
      return await store.encodePart(part);
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  #then(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => this.#failed(error));
    return this.#work;
  }

  #failed(error: unknown): void {
    if (!this.#hasFailed) log('warn', `jobs cannot be kept on this device's disk: ${messageOf(error)}`);
    this.#hasFailed = true;
  }
}

const areAll = (kept: readonly boolean[]): boolean => kept.every((isKept) => isKept);

const headOf = ({ control, term, liars, log }: ArchivedJob): string =>
  JSON.stringify([control, term, liars, log.map(({ version }) => version)]);

/** A disk may hold anything. */
function isWhole({ description }: ArchivedJob): boolean {
  try {
    return named(description).id === description.id;
  } catch {
    return false;
  }
}
