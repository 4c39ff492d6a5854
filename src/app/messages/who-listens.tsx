/** Subjects that somebody subscribes to, with their Nodes. The chosen one is lit on the topology graph. */
import { deviceInfoOf } from '../../farm/index.ts';
import { isDoor, subjectProblem } from '../../services/pubsub/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { shownPane } from '../debug/panes.ts';
import { formatCount } from '../state/format.ts';
import type { ListenedSubject, ListeningNode } from '../state/listened.ts';
import { visible } from '../state/payload-text.ts';
import type { MessageDesk } from './message-desk.ts';

interface Props {
  readonly desk: MessageDesk;
  readonly onSubscribe: (pattern: string) => void;
  readonly onSendTo: (subject: string) => void;
}

/** Chips of one subject; the graph has the rest. */
const MAX_CHIPS = 5;
/** Queue groups that are named of one Node: it may have made up thousands. */
const MAX_QUEUES = 3;

export function WhoListens({ desk, onSubscribe, onSendTo }: Props) {
  const listed = desk.listed.value;
  return (
    <section class="messages-side" aria-label="Who listens">
      <div class="messages-line listens-head">
        <h3>Who listens</h3>
        <input
          class="input"
          type="search"
          aria-label="Find a subject"
          placeholder="Find a subject"
          value={desk.about.value}
          onInput={(event) => desk.find(event.currentTarget.value)}
        />
      </div>
      {listed?.subjects.length === 0 && <Nobody about={desk.about.value} />}
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ul class="listens" aria-label="Subjects that somebody listens to" role="list">
        {listed?.subjects.map((subject) => (
          <Subject
            key={subject.pattern}
            desk={desk}
            subject={subject}
            onSubscribe={onSubscribe}
            onSendTo={onSendTo}
          />
        ))}
      </ul>
      {listed?.hasMore && <p class="muted listens-more">There are more: find one by a part of its name.</p>}
    </section>
  );
}

function Nobody({ about }: { readonly about: string }) {
  return (
    <p class="messages-empty muted">
      {about.trim() === ''
        ? 'Nobody listens to anything yet. Subscribe to a subject, here or in another tab, and it stands here with its devices.'
        : 'No subject that somebody listens to holds this text.'}
    </p>
  );
}

interface SubjectProps extends Props {
  readonly subject: ListenedSubject;
}

function Subject({ desk, subject: { pattern, nodeCount, nodes }, onSubscribe, onSendTo }: SubjectProps) {
  const isChosen = desk.chosen.value === pattern;
  const view = desk.subscription.value;
  const isOurs = view.state === 'open' && view.pattern === pattern;
  return (
    <li data-subject={pattern}>
      <button
        type="button"
        class="listens-subject"
        aria-pressed={isChosen}
        title={isChosen ? 'Put it out on the graph' : 'Light it on the graph'}
        onClick={() => desk.choose(pattern)}
      >
        <span class="listens-name">{visible(pattern)}</span>
        <span class="chips">
          {nodes.slice(0, MAX_CHIPS).map((node) => (
            <ListeningChip key={node.node} node={node} />
          ))}
          {nodeCount > MAX_CHIPS && <span class="tag">+{formatCount(nodeCount - MAX_CHIPS)}</span>}
        </span>
      </button>
      {isChosen && (
        <div class="listens-actions">
          {!isOurs && (
            <button type="button" class="button small" onClick={() => onSubscribe(pattern)}>
              Subscribe to it
            </button>
          )}
          {subjectProblem(pattern) === undefined && (
            <button type="button" class="button small" onClick={() => onSendTo(pattern)}>
              Send to it
            </button>
          )}
          <button
            type="button"
            class="button small listens-graph"
            onClick={() => {
              shownPane.value = 'graph';
            }}
          >
            See the graph
          </button>
        </div>
      )}
    </li>
  );
}

function ListeningChip({ node: { node, queues } }: { readonly node: ListeningNode }) {
  const { session, people } = useApp();
  const member = people.members.value.find(({ id }) => id === node);
  return (
    <span class="listens-node" title={member && deviceInfoOf(member.attributes).name}>
      <NodeChip id={node} />
      {node === session.node.id && <span class="tag good">this tab</span>}
      {member && isDoor(member.attributes) && (
        <span class="tag" title="Clients of NATS come in at it">
          door
        </span>
      )}
      {queues.slice(0, MAX_QUEUES).map((queue) => (
        <span key={queue} class="tag" title="Queue group: one of its members gets each message">
          {visible(queue)}
        </span>
      ))}
      {queues.length > MAX_QUEUES && (
        <span class="tag" title="More queue groups of this device">
          +{formatCount(queues.length - MAX_QUEUES)}
        </span>
      )}
    </span>
  );
}
