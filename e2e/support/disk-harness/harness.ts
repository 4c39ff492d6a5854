/** A tab with what keeps Jobs and Blobs on the device's disk, and nothing else of the page. */

import { named } from '../../../src/farm/description.ts';
import { type JobId, openJobArchive } from '../../../src/farm/index.ts';
import { seededRandom, systemClock, systemTime } from '../../../src/runtime/index.ts';
import { BlobDisk } from '../../../src/services/blobs/blob-disk.ts';
import { hashOf } from '../../../src/services/blobs/index.ts';
import { browserKeeping, browserPlace } from '../../../src/services/disk/index.browser.ts';
import { indexedDisk } from '../../../src/services/disk/indexed.ts';
import { newNodeId } from '../../../src/wire/index.ts';

const wallClock = { now: () => Date.now() };
const node = newNodeId(seededRandom(1));

/** The browser's database packs what it can. */
function incompressible(length: number, first: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  bytes[0] = first;
  return bytes;
}

const descriptionOf = (title: string) =>
  named({ kind: 'sums', title, taskCount: 1, spec: new Uint8Array(), submitter: node, submittedAtMs: 1 });

function open(network: string) {
  const place = browserPlace(network, systemTime);
  const said: string[] = [];
  place.shelf.events.on('trouble', ({ type }) => said.push(type));
  place.shelf.events.on('recovered', () => said.push('recovered'));
  const archive = openJobArchive(place, systemClock, wallClock);
  const blobs = new BlobDisk(place.shelf, wallClock);
  return {
    said,
    trouble: () => place.shelf.trouble?.message,
    load: async () => (await archive.load()).map(({ description }) => description.title),
    save: (title: string) =>
      archive.save({
        description: descriptionOf(title),
        control: { version: 0, phase: 'running', reason: undefined, priority: 2 },
        term: { number: 1, node },
        liars: [],
        log: [],
      }),
    savePart: (title: string, part: number, version: number, bytes: number) =>
      archive.savePart(descriptionOf(title).id, part, version, incompressible(bytes, version)),
    remove: (title: string) => archive.remove(descriptionOf(title).id),
    /** Part, first byte and length of each. */
    async parts(title: string) {
      const found: string[] = [];
      const id: JobId = descriptionOf(title).id;
      for await (const { part, bytes } of archive.parts(id))
        found.push(`${part}: ${bytes.length} of ${bytes[0]}`);
      return found.sort();
    },
    async keepBlob(bytes: number) {
      const blob = new Uint8Array(bytes).fill(5);
      const hash = await hashOf(blob);
      return { hash, isKept: await blobs.keepWhole(hash, blob) };
    },
    readBlob: async (hash: Awaited<ReturnType<typeof hashOf>>) => (await blobs.read(hash))?.length,
  };
}

/** What a full disk is called, of a record of so many bytes. */
async function failureOf(bytes: number): Promise<string> {
  try {
    await indexedDisk('raw').set([{ key: 'a', bytes: incompressible(bytes, 1) }]);
    return 'none';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const harness = { open, failureOf, keeping: browserKeeping };

declare global {
  interface Window {
    disk: typeof harness;
    kept: ReturnType<typeof open>;
  }
}

window.disk = harness;
