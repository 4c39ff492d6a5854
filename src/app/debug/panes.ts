/** Which of the debug panel's panes is in front: of three views on wide screens, of five panes on narrow ones. */
import { signal } from '@preact/signals';

export const PANES = [
  { id: 'graph', title: 'Topology' },
  { id: 'details', title: 'Node' },
  { id: 'log', title: 'Frames' },
  { id: 'messages', title: 'Messages' },
  { id: 'room', title: 'Room' },
] as const;

export const VIEWS = [
  { id: 'mesh', title: 'Mesh' },
  { id: 'messages', title: 'Messages' },
  { id: 'room', title: 'Room' },
] as const;

export type DebugPane = (typeof PANES)[number]['id'];
export type DebugView = (typeof VIEWS)[number]['id'];

export const shownPane = signal<DebugPane>('graph');
/** Beside the graph, which is in both. */
export const shownView = signal<DebugView>('mesh');
