/** A snapshot of the mesh for the open debug panel: twice a second and whenever members change. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { MeshNode, MeshSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { type Traffic, TrafficMeter } from '../state/traffic.ts';

/** Often enough to see a window move, seldom enough to cost nothing. */
const REFRESH_MS = 500;

export interface MeshView {
  readonly snapshot: MeshSnapshot;
  readonly traffic: ReadonlyMap<NodeId, Traffic>;
}

export interface MeshWatch {
  readonly view: ReadonlySignal<MeshView>;
  refresh(): void;
  stop(): void;
}

export function watchMesh(node: MeshNode): MeshWatch {
  const meter = new TrafficMeter();
  const take = (): MeshView => {
    const snapshot = node.inspection.snapshot();
    return { snapshot, traffic: meter.update(snapshot.links, performance.now()) };
  };
  const view = signal(take());
  const refresh = (): void => {
    view.value = take();
  };
  const timer = setInterval(refresh, REFRESH_MS);
  const unsubscribe = node.events.on('membersChanged', refresh);
  return {
    view,
    refresh,
    stop() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
