/** What can be the same for all: camera, exposure and settings, with who changed what; and looks to vote for. */

import { TONE_MAPPINGS } from '../../render/output/index.page.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip } from '../components/node-chip.tsx';
import { countOf } from '../state/format.ts';
import { nodeOfAuthor } from './node-of-author.ts';
import type { ProposedLook, SharedChange } from './page-reducer.ts';
import { useRoom } from './room-view.ts';
import { clockTime, fullTime, isoTime } from './said-time.ts';
import type { Shared } from './shared.ts';

export function SharedPart() {
  const { page, sharedView } = useRoom();
  const isOn = sharedView.isOn.value;
  const isReader = page.grant === 'read';
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without the focus no key scrolls it
    <section class="room-scroll" tabIndex={0} aria-label="Shared view">
      <label class="shared-switch">
        <input
          type="checkbox"
          role="switch"
          aria-checked={isOn}
          class="switch"
          checked={isOn}
          onChange={() => sharedView.turn(!isOn)}
        />
        <span>{isReader ? 'Show the shared view here' : 'Share camera, exposure and settings'}</span>
      </label>
      <p class="muted">
        {isReader
          ? 'What the others set for all is set here, too. This link does not let you set anything for them.'
          : 'While it is on, what you set here is set for all who have it on, and what they set is set here.'}
      </p>
      {sharedView.obstacle.value !== undefined && <p class="room-problem">{sharedView.obstacle}</p>}
      <Looks />
      <Changes />
    </section>
  );
}

function Looks() {
  const { page } = useRoom();
  const { looks, votes } = page.state.value;
  const own = votes[page.session.author];
  const count = (look: ProposedLook): number =>
    Object.values(votes).filter((choice) => choice === look.id).length;
  const most = Math.max(1, ...looks.map(count));
  return (
    <section class="room-section" aria-label="Looks">
      <h3>Looks</h3>
      {looks.length === 0 && (
        <p class="muted">
          Propose tone mapping and exposure as they are on your panel; everybody has one vote.
        </p>
      )}
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ul class="look-list" role="list" aria-label="Proposed looks">
        {looks.map((look) => (
          <Look key={look.id} look={look} votes={count(look)} most={most} isOwn={own === look.id} />
        ))}
      </ul>
      {page.grant !== 'read' && <ProposeLook />}
    </section>
  );
}

interface LookProps {
  readonly look: ProposedLook;
  readonly votes: number;
  readonly most: number;
  /** Our vote. */
  readonly isOwn: boolean;
}

function Look({ look, votes, most, isOwn }: LookProps) {
  const { settings } = useApp();
  const { page, nameOf } = useRoom();
  const { id, author, name, title, toneMapping, exposure } = look;
  const curve = TONE_MAPPINGS.find((one) => one === toneMapping);
  return (
    <li>
      <span
        class="ellipsis"
        title={`${lookText(toneMapping, exposure)}, proposed by ${nameOf(author, name)}`}
      >
        <strong>{title}</strong> <span class="muted">{countOf(votes, 'vote')}</span>
      </span>
      {curve && (
        <button
          type="button"
          class="button small"
          aria-label={`See ${title}`}
          title="Shows it on your stage"
          onClick={() => {
            settings.setToneMapping(curve);
            settings.setExposure(exposure);
          }}
        >
          See
        </button>
      )}
      <button
        type="button"
        class="button small"
        aria-pressed={isOwn}
        disabled={page.grant === 'read'}
        aria-label={`${isOwn ? 'Your vote' : 'Vote'} for ${title}`}
        onClick={() => void page.change({ vote: isOwn ? null : id })}
      >
        {isOwn ? 'Your vote' : 'Vote'}
      </button>
      <span class="bar look-votes" aria-hidden="true">
        <i style={{ width: `${(100 * votes) / most}%` }} />
      </span>
    </li>
  );
}

function ProposeLook() {
  const { settings } = useApp();
  const { page, ownName, unsaid } = useRoom();
  const title = unsaid.at('look').value.text;
  const { exposure, toneMapping } = settings.look.value;
  return (
    <form
      class="look-new"
      aria-label="Propose a look"
      onSubmit={(event) => {
        event.preventDefault();
        if (title.trim() === '') return;
        void unsaid.say('look', ({ text }) =>
          page.change({ look: text.trim(), toneMapping, exposure: round(exposure), name: ownName() }),
        );
      }}
    >
      <input
        class="input"
        aria-label="Name of the look"
        placeholder={`Name for ${lookText(toneMapping, exposure)}`}
        maxLength={40}
        value={title}
        onInput={(event) => unsaid.type('look', event.currentTarget.value)}
      />
      <button type="submit" class="button small" disabled={title.trim() === ''}>
        Propose
      </button>
    </form>
  );
}

function Changes() {
  const { page, sharedView } = useRoom();
  const { changes } = page.state.value;
  if (changes.length === 0) return null;
  return (
    <section class="room-section" aria-label="Who changed what">
      <h3>Who changed what</h3>
      {/* biome-ignore lint/a11y/noRedundantRoles: without bullets Safari drops the list's role */}
      <ol class="change-list" role="list" aria-label="Changes">
        {changes.toReversed().map((change) => (
          <li key={change.id}>
            <Change change={change} isOn={sharedView.isOn.value} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Change({ change, isOn }: { readonly change: SharedChange; readonly isOn: boolean }) {
  const { page, sharedView, nameOf } = useRoom();
  const { author, name, atMs, shared } = change;
  const what = changeText(shared);
  const who = nameOf(author, name);
  return (
    <>
      <NodeChip id={nodeOfAuthor(author)} />
      <span class="change-what">
        <span class="ellipsis">{what}</span>
        <span class="muted ellipsis" title={fullTime(atMs)}>
          <time dateTime={isoTime(atMs)}>{clockTime(atMs)}</time> · {who}
        </span>
      </span>
      <button
        type="button"
        class="button small"
        aria-label={`Use ${who}’s ${what}`}
        title={isOn && page.grant !== 'read' ? 'Sets it again, for all' : 'Sets it here'}
        onClick={() => void sharedView.use(shared)}
      >
        Use
      </button>
    </>
  );
}

function changeText(shared: Shared): string {
  switch (shared.kind) {
    case 'camera':
      return `Camera in ${shared.moment.scene}`;
    case 'look':
      return shared.isAutomatic
        ? `Automatic exposure, ${shared.toneMapping}`
        : `Look ${lookText(shared.toneMapping, shared.exposure)}`;
    case 'settings': {
      const { width, height, samples } = shared.settings;
      return `Settings: ${width} × ${height}, ${samples} samples`;
    }
    default:
      return shared satisfies never;
  }
}

function lookText(toneMapping: string, exposure: number): string {
  return `${toneMapping}, ${exposure > 0 ? '+' : ''}${exposure.toFixed(1)} stops`;
}

/** A tenth of a stop is hardly seen. */
const round = (stops: number): number => Math.round(stops * 10) / 10;
