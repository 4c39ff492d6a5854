/** One Node in detail: how it is reached, our Link to it with its switches, and the windows of our streams with it. */
import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { LinkSnapshot, Member, MeshSnapshot } from '../../mesh/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { countOf, formatBytes, formatCount, formatDuration, formatRtt } from '../state/format.ts';
import type { Traffic } from '../state/traffic.ts';
import type { MeshView } from './mesh-watch.ts';
import { StreamWindows } from './stream-windows.tsx';

interface Props {
  readonly id: NodeId;
  readonly view: ReadonlySignal<MeshView>;
  readonly onChange: () => void;
}

export function NodeDetails({ id, view, onChange }: Props) {
  const { snapshot, traffic } = view.value;
  const member = snapshot.members.find((candidate) => candidate.id === id);
  if (!member) return <p class="muted">This Node has left.</p>;
  const link = snapshot.links.find((candidate) => candidate.peer === id);
  const streams = snapshot.streams.filter((stream) => member.isSelf || stream.peer === id);
  return (
    <div class="details">
      <h3>
        <NodeChip id={id} />
        <span class="ellipsis">{member.info.deviceName}</span>
        {member.isSelf && <span class="tag good">this tab</span>}
        <span class={`tag ${member.health === 'healthy' ? 'good' : 'bad'}`}>{member.health}</span>
      </h3>
      <MemberFacts member={member} snapshot={snapshot} />
      {!member.isSelf && <LinkSwitches id={id} hasLink={link !== undefined} onChange={onChange} />}
      {link && <LinkFacts link={link} traffic={traffic.get(id)} />}
      {member.isSelf && <LinkTable snapshot={snapshot} />}
      <h4>Windows</h4>
      {streams.length === 0 && <p class="muted">No stream with this Node yet.</p>}
      {streams.map((stream) => (
        <StreamWindows key={`${stream.peer} ${stream.stream}`} stream={stream} />
      ))}
    </div>
  );
}

function MemberFacts({ member, snapshot }: { readonly member: Member; readonly snapshot: MeshSnapshot }) {
  const next = snapshot.routes.get(member.id);
  return (
    <dl class="facts">
      <Fact name="uuid" value={member.id} isMono />
      <Fact name="Reached" value={reachOf(member)} />
      {next !== undefined && next !== member.id && (
        <div>
          <dt>Next hop</dt>
          <dd>
            <NodeChip id={next} />
          </dd>
        </div>
      )}
      {!member.isSelf && <Fact name="Round trip" value={formatRtt(member.rttMs)} />}
      <Fact
        name="Lends"
        value={`${countOf(member.info.workers, 'worker')} of ${countOf(member.info.cores, 'core')}`}
      />
      <Fact name="Runs in" value={member.info.platform} />
      {!member.isSelf && (
        <Fact name="Known for" value={formatDuration((performance.now() - member.sinceMs) / 1000)} />
      )}
    </dl>
  );
}

function reachOf({ isSelf, isNeighbour, hops }: Member): string {
  if (isSelf) return 'this tab';
  if (isNeighbour) return 'by a Link of ours';
  return hops === undefined ? 'by no known path' : `over ${countOf(hops, 'hop')}`;
}

function LinkFacts({
  link,
  traffic,
}: {
  readonly link: LinkSnapshot;
  readonly traffic: Traffic | undefined;
}) {
  const perSecond = (bytes: number | undefined): string => `${formatBytes(bytes ?? 0)}/s`;
  return (
    <>
      <h4>Link</h4>
      <dl class="facts">
        <Fact name="Round trip" value={formatRtt(link.rttMs)} />
        <Fact name="Loss" value={`${Math.round(100 * link.loss)} %`} />
        <Fact name="In" value={`${formatBytes(link.bytesIn)} · ${perSecond(traffic?.inPerSecond)}`} />
        <Fact name="Out" value={`${formatBytes(link.bytesOut)} · ${perSecond(traffic?.outPerSecond)}`} />
        <Fact name="Frames" value={`${formatCount(link.framesIn)} in, ${formatCount(link.framesOut)} out`} />
        <Fact name="Relayed" value={formatCount(link.relayed)} />
        <Fact name="Malformed" value={formatCount(link.malformed)} />
        <Fact name="Queued" value={formatBytes(link.queuedBytes)} />
      </dl>
    </>
  );
}

function LinkTable({ snapshot }: { readonly snapshot: MeshSnapshot }) {
  return (
    <>
      <h4>{countOf(snapshot.links.length, 'Link')}</h4>
      {snapshot.links.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Node</th>
              <th scope="col">Round trip</th>
              <th scope="col">In</th>
              <th scope="col">Out</th>
              <th scope="col">Queued</th>
            </tr>
          </thead>
          <tbody>
            {snapshot.links.map((link) => (
              <tr key={link.peer}>
                <td>
                  <NodeChip id={link.peer} />
                </td>
                <td>{formatRtt(link.rttMs)}</td>
                <td>{formatBytes(link.bytesIn)}</td>
                <td>{formatBytes(link.bytesOut)}</td>
                <td>{formatBytes(link.queuedBytes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

interface SwitchProps {
  readonly id: NodeId;
  readonly hasLink: boolean;
  readonly onChange: () => void;
}

function LinkSwitches({ id, hasLink, onChange }: SwitchProps) {
  const { faults } = useApp().session.node;
  const turn = useSignal(0);
  void turn.value;
  const isBlocked = faults.blockedLinks.has(id);
  const act = (action: () => void): void => {
    action();
    turn.value += 1;
    onChange();
  };
  return (
    <p class="switches">
      <button
        type="button"
        class="button small"
        disabled={!hasLink}
        title="Closes the Link once; the mesh is free to open it again"
        onClick={() => act(() => faults.dropLink(id))}
      >
        Drop Link
      </button>
      <button
        type="button"
        class="button small"
        role="switch"
        aria-checked={isBlocked}
        data-danger={isBlocked}
        title="While blocked no Link to this Node is opened or accepted: its messages take another way"
        onClick={() => act(() => faults.setLinkBlocked(id, !isBlocked))}
      >
        <span class="switch" aria-hidden="true" />
        Block Link
      </button>
    </p>
  );
}

function Fact({
  name,
  value,
  isMono,
}: {
  readonly name: string;
  readonly value: string;
  readonly isMono?: boolean;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isMono ? 'mono' : undefined}>{value}</dd>
    </div>
  );
}
