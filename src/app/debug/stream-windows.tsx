/** The ten slots of one stream's windows, out and in, as distrirender drew them: an index in a box per slot. */
import type { SlotSnapshot, StreamSnapshot } from '../../mesh/index.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { countOf, formatBytes, formatRtt } from '../state/format.ts';

interface WindowsProps {
  readonly streams: readonly StreamSnapshot[];
}

/** Those in which something is on its way; the others folded away. */
export function Windows({ streams }: WindowsProps) {
  const busy = streams.filter(isBusy);
  const resting = streams.filter((stream) => !isBusy(stream));
  return (
    <>
      <h4>Windows</h4>
      {busy.length === 0 && <p class="muted">Nothing is on its way.</p>}
      <StreamList streams={busy} />
      {resting.length > 0 && (
        <details class="at-rest">
          <summary>{countOf(resting.length, 'stream')} at rest</summary>
          <div class="streams">
            <StreamList streams={resting} />
          </div>
        </details>
      )}
    </>
  );
}

function StreamList({ streams }: WindowsProps) {
  return (
    <>
      {streams.map((stream) => (
        <StreamWindows key={`${stream.peer} ${stream.stream}`} stream={stream} />
      ))}
    </>
  );
}

function isBusy({ outgoing, incoming }: StreamSnapshot): boolean {
  const isInUse = ({ state }: SlotSnapshot): boolean => state !== 'empty';
  if (outgoing.queuedMessages > 0 || incoming.undeliveredMessages > 0) return true;
  return outgoing.slots.some(isInUse) || incoming.slots.some(isInUse);
}

function StreamWindows({ stream }: { readonly stream: StreamSnapshot }) {
  const { outgoing, incoming } = stream;
  return (
    <div class="stream">
      <p class="stream-name">
        <NodeChip id={stream.peer} />
        <strong>{nameOf(stream)}</strong>
      </p>
      <Slots name="out" slots={outgoing.slots} />
      <p class="muted stream-facts">
        {countOf(outgoing.queuedMessages, 'message')} queued ({formatBytes(outgoing.queuedBytes)}) ·{' '}
        {outgoing.rtoMs === undefined
          ? 'direct: nothing is sent twice'
          : `timeout ${formatRtt(outgoing.rtoMs)} · ${countOf(outgoing.retransmissions, 'retransmission')}`}
      </p>
      <Slots name="in" slots={incoming.slots} />
      <p class="muted stream-facts">
        expects {incoming.expectedIndex} · {countOf(incoming.undeliveredMessages, 'message')} undelivered
      </p>
    </div>
  );
}

/** The default stream has an empty name; one that nobody registered here has none. */
function nameOf({ name, stream }: StreamSnapshot): string {
  if (name === undefined) return `stream ${stream}, registered by nobody here`;
  return name === '' ? 'default' : name;
}

function Slots({ name, slots }: { readonly name: 'out' | 'in'; readonly slots: readonly SlotSnapshot[] }) {
  const busy = slots.filter((slot) => slot.state !== 'empty').length;
  return (
    <div class="slots" role="img" aria-label={`Window ${name}: ${busy} of ${slots.length} slots in use`}>
      <span>{name}</span>
      {slots.map((slot, position) => (
        <i
          key={position}
          data-state={slot.state}
          data-again={slot.attempts > 1}
          title={`slot ${position}: ${slot.state}${slot.index === undefined ? '' : `, index ${slot.index}, ${formatBytes(slot.bytes)}, ${countOf(slot.attempts, 'attempt')}`}`}
        >
          {slot.index ?? ''}
        </i>
      ))}
    </div>
  );
}
