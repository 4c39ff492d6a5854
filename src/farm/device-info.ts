/**
 * What a Node says of its machine: the attributes that the mesh carries without reading them. A program that joins by the
 * library says as much as it likes: a `name` is what most give. Those of others come from the network: every field is bounded
 * here, nonsense becomes a harmless default, for a Node with a broken name is still a Node, and what was not said stays unknown.
 */
import type { Attributes } from '../mesh/index.ts';
import { MAX_WORKERS } from './contract.ts';
import { oneLine } from './one-line.ts';

/** What a device says of itself. */
export interface DeviceInfo {
  /** Shown to people, 1 to MAX_DEVICE_NAME_LENGTH UTF-16 units without control characters. */
  readonly name: string;
  /** Logical processors, 1..MAX_CORES. Undefined: it does not say. */
  readonly cores: number | undefined;
  /** Workers it offers now, 0..MAX_WORKERS. */
  readonly workers: number;
  /** Where it runs. Undefined: it does not say. */
  readonly platform: 'page' | 'terminal' | undefined;
}

/** Three bytes each at most: with the rest far below the mesh's limit for attributes. */
export const MAX_DEVICE_NAME_LENGTH = 64;
/** More than any machine has; a figure above it is a joke at the cost of whoever adds it up. */
const MAX_CORES = 4096;
const NAMELESS = 'A device';

/** One line, no half of a surrogate pair. Empty where nothing is left. */
export function cleanDeviceName(text: string): string {
  let name = '';
  for (const character of oneLine(text)) {
    if (name.length + character.length > MAX_DEVICE_NAME_LENGTH) break;
    name += character;
  }
  return name.trim();
}

/** For `createNode`, or a part of it for `setAttributes`. */
export function deviceAttributes(info: Partial<DeviceInfo>): Attributes {
  return { ...info };
}

/** What a Node's attributes say of its machine. Never throws. */
export function deviceInfoOf(attributes: Attributes): DeviceInfo {
  const { name, cores, workers, platform } = attributes;
  return {
    name: (typeof name === 'string' && cleanDeviceName(name)) || NAMELESS,
    cores: whole(cores, 1, MAX_CORES, undefined),
    workers: whole(workers, 0, MAX_WORKERS, 0),
    platform: platform === 'terminal' || platform === 'page' ? platform : undefined,
  };
}

function whole<Otherwise>(
  value: unknown,
  least: number,
  most: number,
  otherwise: Otherwise,
): number | Otherwise {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
    ? value
    : otherwise;
}
