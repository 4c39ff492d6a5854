/**
 * Records and stamps as control bodies, and the gate through which they come in: everything is checked for its type, its
 * range and its number before it is kept. What does not pass is `undefined`, never an exception.
 */
import {
  asFields,
  decodeControl,
  encodeControl,
  NODE_ID_BYTES,
  type NodeId,
  nodeIdFromBytes,
  readBoolean,
  readBytes,
  readInteger,
  readList,
  readNodeId,
  readText,
  writeNodeId,
} from '../../wire/index.ts';
import type { NodeInfo } from '../contract.ts';
import { fnv1a, type NodeRecord, type RecordStamp } from './record.ts';

/** Above the degree cap of 12, so that a Node in transition still fits. */
export const MAX_RECORD_NEIGHBOURS = 32;
/** 32 neighbours of 20 bytes, a name of 64 characters (256 bytes at most) and the rest: about 1,050. */
export const MAX_RECORD_BYTES = 2048;
/** Keeps a frame of records below MAX_BODY_BYTES even when each is as long as allowed. */
export const MAX_RECORDS_PER_FRAME = 24;
/** Of the topology's table; 28 KiB. */
export const MAX_STAMPS_PER_FRAME = 1024;
export const MAX_NAME_CHARACTERS = 64;
/** Nobody restarts that often under one uuid; a record that says so is a forgery. */
export const MAX_EPOCH = 0xffff;
const MAX_COUNTER = 0xffff_ffff;
const MAX_CORES = 4096;
/** Round trips travel as u32 steps of 0.01 ms, plus one: 0 says "unmeasured". */
const RTT_STEPS_PER_MS = 100;
/** Neighbour: 16 bytes of uuid, u32 round trip. */
const NEIGHBOUR_BYTES = NODE_ID_BYTES + 4;
/** Stamp: 16 bytes of uuid, u32 epoch, version and fingerprint. */
const STAMP_BYTES = NODE_ID_BYTES + 12;

/** Seals a record: its bytes and fingerprint. Neighbours beyond the bound are left out. */
export function sealRecord(fields: Omit<NodeRecord, 'fingerprint' | 'encoded'>): NodeRecord {
  const info = boundedInfo(fields.info);
  const edges = encodeNeighbours(fields.neighbours);
  const packed = encodeControl({
    id: fields.id,
    epoch: fields.epoch,
    version: fields.version,
    left: fields.hasLeft,
    name: info.deviceName,
    cores: info.cores,
    workers: info.workers,
    platform: info.platform,
    edges,
  });
  const encoded = new Uint8Array(packed); // a Buffer's `slice` would share the packer's memory
  // Read back, so that everyone computes with the same rounded round trips.
  const neighbours = decodeNeighbours(edges, fields.id) ?? new Map<NodeId, undefined>();
  return { ...fields, info, neighbours, fingerprint: fnv1a(encoded), encoded };
}

export function parseRecord(bytes: Uint8Array): NodeRecord | undefined {
  if (bytes.length > MAX_RECORD_BYTES) return undefined;
  const fields = asFields(decodeControl(bytes).value);
  if (!fields) return undefined;
  const id = readNodeId(fields, 'id');
  const epoch = readInteger(fields, 'epoch', 0, MAX_EPOCH);
  const version = readInteger(fields, 'version', 0, MAX_COUNTER);
  const hasLeft = readBoolean(fields, 'left');
  const deviceName = readText(fields, 'name', 2 * MAX_NAME_CHARACTERS);
  const cores = readInteger(fields, 'cores', 0, MAX_CORES);
  const workers = readInteger(fields, 'workers', 0, MAX_CORES);
  const platform = readText(fields, 'platform', 16);
  const edges = readBytes(fields, 'edges', 0, MAX_RECORD_NEIGHBOURS * NEIGHBOUR_BYTES);
  if (id === undefined || epoch === undefined || version === undefined || hasLeft === undefined)
    return undefined;
  if (deviceName === undefined || cores === undefined || workers === undefined) return undefined;
  if ((platform !== 'page' && platform !== 'terminal') || !edges) return undefined;
  const neighbours = decodeNeighbours(edges, id);
  if (!neighbours) return undefined;
  const encoded = new Uint8Array(bytes); // a view would keep the whole frame it came in alive
  const info: NodeInfo = { deviceName, cores, workers, platform };
  return { id, epoch, version, hasLeft, info, neighbours, fingerprint: fnv1a(encoded), encoded };
}

/** Bodies of `network_state`, `new_edge` and `destroy_edge`: records, in as many bodies as they need. */
export function encodeRecords(records: readonly NodeRecord[]): Uint8Array[] {
  const bodies: Uint8Array[] = [];
  for (let i = 0; i < records.length; i += MAX_RECORDS_PER_FRAME) {
    const chunk = records.slice(i, i + MAX_RECORDS_PER_FRAME);
    bodies.push(encodeControl({ records: chunk.map((record) => record.encoded) }));
  }
  return bodies;
}

/** Undefined when the body or any record in it is broken: its sender is not honest. */
export function parseRecords(body: Uint8Array): NodeRecord[] | undefined {
  const fields = asFields(decodeControl(body).value);
  const items = fields && readList(fields, 'records', MAX_RECORDS_PER_FRAME);
  if (!items) return undefined;
  const records: NodeRecord[] = [];
  for (const item of items) {
    const record = item instanceof Uint8Array ? parseRecord(item) : undefined;
    if (!record) return undefined;
    records.push(record);
  }
  return records;
}

/** Body of `network_state_request`: what the asker has; the answer is what it lacks. */
export function encodeStamps(stamps: readonly RecordStamp[]): Uint8Array {
  const sent = stamps.slice(0, MAX_STAMPS_PER_FRAME);
  const bytes = new Uint8Array(sent.length * STAMP_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { id, epoch, version, fingerprint } of sent) {
    writeNodeId(id, bytes, at);
    view.setUint32(at + NODE_ID_BYTES, epoch);
    view.setUint32(at + NODE_ID_BYTES + 4, version);
    view.setUint32(at + NODE_ID_BYTES + 8, fingerprint);
    at += STAMP_BYTES;
  }
  return encodeControl({ stamps: bytes });
}

export function parseStamps(body: Uint8Array): RecordStamp[] | undefined {
  const fields = asFields(decodeControl(body).value);
  const bytes = fields && readBytes(fields, 'stamps', 0, MAX_STAMPS_PER_FRAME * STAMP_BYTES);
  if (!bytes || bytes.length % STAMP_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const stamps: RecordStamp[] = [];
  for (let at = 0; at < bytes.length; at += STAMP_BYTES) {
    stamps.push({
      id: nodeIdFromBytes(bytes, at),
      epoch: view.getUint32(at + NODE_ID_BYTES),
      version: view.getUint32(at + NODE_ID_BYTES + 4),
      fingerprint: view.getUint32(at + NODE_ID_BYTES + 8),
    });
  }
  return stamps;
}

/** A device name of the right length and counts in range: what we say of ourselves must pass at the others. */
function boundedInfo(info: NodeInfo): NodeInfo {
  const bounded = (value: number) => Math.min(MAX_CORES, Math.max(0, Math.trunc(value) || 0));
  return {
    deviceName: [...info.deviceName].slice(0, MAX_NAME_CHARACTERS).join(''),
    cores: bounded(info.cores),
    workers: bounded(info.workers),
    platform: info.platform,
  };
}

function encodeNeighbours(neighbours: ReadonlyMap<NodeId, number | undefined>): Uint8Array {
  const sorted = [...neighbours].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_RECORD_NEIGHBOURS);
  const bytes = new Uint8Array(sorted.length * NEIGHBOUR_BYTES);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [id, rttMs] of sorted) {
    writeNodeId(id, bytes, at);
    view.setUint32(at + NODE_ID_BYTES, rttToSteps(rttMs));
    at += NEIGHBOUR_BYTES;
  }
  return bytes;
}

/** Undefined when a neighbour is listed twice, or the owner lists itself. */
function decodeNeighbours(bytes: Uint8Array, owner: NodeId): Map<NodeId, number | undefined> | undefined {
  if (bytes.length % NEIGHBOUR_BYTES !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const neighbours = new Map<NodeId, number | undefined>();
  for (let at = 0; at < bytes.length; at += NEIGHBOUR_BYTES) {
    const id = nodeIdFromBytes(bytes, at);
    if (id === owner || neighbours.has(id)) return undefined;
    const steps = view.getUint32(at + NODE_ID_BYTES);
    neighbours.set(id, steps === 0 ? undefined : (steps - 1) / RTT_STEPS_PER_MS);
  }
  return neighbours;
}

function rttToSteps(rttMs: number | undefined): number {
  if (rttMs === undefined) return 0;
  return Math.min(MAX_COUNTER - 1, Math.max(0, Math.round(rttMs * RTT_STEPS_PER_MS))) + 1;
}
