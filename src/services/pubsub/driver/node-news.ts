/** Who comes and goes, as this Node sees it, told to whoever subscribes here; nothing of it leaves the Node. */
import type { MeshNode } from '../../../mesh/index.ts';
import type { Broker, Subject } from '../contract.ts';
import { nodeSubject } from '../kept-subjects.ts';
import { sayer } from './sayer.ts';

/** Begins with whoever comes next. Ends with the Node. */
export function tellOfNodes(node: Pick<MeshNode, 'events'>, broker: Pick<Broker, 'connect'>): void {
  const say = sayer(broker);
  const tell = (subject: Subject, record: object): void => say(subject, record, 'node');
  node.events.on('joined', ({ id, attributes }) => tell(nodeSubject(id, 'joined'), { id, attributes }));
  node.events.on('left', ({ id, reason }) => tell(nodeSubject(id, 'left'), { id, reason }));
}
