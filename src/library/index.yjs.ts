/**
 * `leafcutter/yjs`: Yjs documents in rooms.
 *
 * @example
 * const room = await openRooms(mesh, { isKept: true }).create({ reducer: yjsReducer, initial: yjsInitial() });
 * const doc = new Y.Doc();
 * const provider = new LeafcutterProvider(room, doc);
 * const binding = new QuillBinding(doc.getText('quill'), editor, provider.awareness);
 */
export {
  LeafcutterProvider,
  type ProviderEvents,
  type ProviderOptions,
  type ProviderStatus,
  type YjsRoom,
} from './crdt/leafcutter-provider.ts';
export { type YjsState, type YjsUpdate, yjsInitial, yjsReducer } from './crdt/yjs-reducer.ts';
