/**
 * A Node that stays, and one after the other that joins, exchanges a message with it and leaves: in one process, so that what either side
 * keeps of a meeting shows.
 */
import { readdir } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { joinNetwork, newNetwork } from '../../src/library/index.node.ts';

export interface Footprint {
  readonly joins: number;
  /** JavaScript heap after a collection, and what the process has of the machine's memory. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Undefined where there is no /proc. */
  readonly threads: number | undefined;
  readonly fileDescriptors: number | undefined;
}

/** Takes a footprint every `every` joins. @param signaling address of a server */
export async function joinAndLeave(
  signaling: string,
  times: number,
  every: number,
  onFootprint: (footprint: Footprint) => void = () => undefined,
): Promise<readonly Footprint[]> {
  const network = newNetwork();
  const resident = await joinNetwork(network, { signaling });
  resident.serve('hello', (message) => message.body);
  const footprints: Footprint[] = [];
  for (let joins = 1; joins <= times; joins++) {
    const left = new Promise<void>((resolve) => {
      const off = resident.on('left', () => {
        off();
        resolve();
      });
    });
    const visitor = await joinNetwork(network, { signaling });
    await visitor.request(resident.id, 'hello', 'there');
    await visitor.close();
    await left;
    if (joins % every !== 0) continue;
    const footprint = await footprintAfter(joins);
    footprints.push(footprint);
    onFootprint(footprint);
  }
  await resident.close();
  return footprints;
}

async function footprintAfter(joins: number): Promise<Footprint> {
  // Finalizers of native objects run between two collections.
  collectGarbage();
  await new Promise((resolve) => setTimeout(resolve, 100));
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const count = (folder: string): Promise<number | undefined> =>
    readdir(folder).then(
      ({ length }) => length,
      () => undefined,
    );
  return {
    joins,
    heapBytes: heapUsed,
    residentBytes: rss,
    threads: await count('/proc/self/task'),
    fileDescriptors: await count('/proc/self/fd'),
  };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
