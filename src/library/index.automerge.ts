/**
 * `leafcutter/automerge`: Automerge's Repos on rooms: a network between all who have one, and a storage that is one.
 *
 * @example
 * const room = await openRooms(mesh, { isKept: true }).create({ reducer: fieldsReducer, initial: {} });
 * const repo = new Repo({ network: [new LeafcutterNetworkAdapter(room)], storage: new LeafcutterStorageAdapter(room) });
 */
export { type AdapterRoom, LeafcutterNetworkAdapter } from './crdt/automerge-network.ts';
export { LeafcutterStorageAdapter, type StorageRoom } from './crdt/automerge-storage.ts';
