/** Over the stage: pins, where the others point, and from where they look. It lets through whatever is meant for the stage. */
import { useSignal } from '@preact/signals';
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { FlatCamera } from '../../render/scene/index.ts';
import type { NodeId } from '../../wire/index.ts';
import { useApp } from '../components/app-context.ts';
import { NodeChip, nodeStyle } from '../components/node-chip.tsx';
import type { App } from '../state/app.ts';
import { nodeTag } from '../state/node-colours.ts';
import type { MarksProps } from '../state/room-door.ts';
import type { Companion } from './company.ts';
import { depthsInPiles, type PinPlace, pointSeen, type StagePoint, stagePointOf } from './pin-place.ts';
import type { RoomView } from './room-view.ts';
import { stageNow } from './stage-travel.ts';

/** CSS pixels from one pin to the next: what `.pin-mark` has, and a gap. */
const MARK_WIDTH = 26;

/** Of one room, for as long as it is open. */
export function marksOf(view: RoomView): ComponentType<MarksProps> {
  return (props) => <StageMarks view={view} {...props} />;
}

function StageMarks({ view, preview, job }: MarksProps & { readonly view: RoomView }) {
  const app = useApp();
  const root = useRef<HTMLDivElement>(null);
  const { company } = view;
  useEffect(() => {
    const stage = root.current?.parentElement;
    if (!stage) return;
    const move = ({ clientX, clientY }: PointerEvent): void => {
      const box = stage.getBoundingClientRect();
      company.pointAt({ x: (clientX - box.left) / box.width, y: (clientY - box.top) / box.height });
    };
    const leave = (): void => company.pointAt(undefined);
    stage.addEventListener('pointermove', move);
    stage.addEventListener('pointerleave', leave);
    return () => {
      leave();
      stage.removeEventListener('pointermove', move);
      stage.removeEventListener('pointerleave', leave);
    };
  }, [company]);
  return (
    <div ref={root} class="stage-marks">
      <PinMarks view={view} />
      <OthersMarks view={view} />
      {view.isPlacing.value && <PinPlacer view={view} preview={preview} job={job} />}
      {app.room.isOpen.value && view.draft.value && <DraftMark place={view.draft.value} />}
    </div>
  );
}

/** As the stage shows the scene now; undefined while it shows a picture. */
function cameraNow({ scene, stage }: App): FlatCamera | undefined {
  return stage.value === 'scene'
    ? (scene.ownView.value ?? scene.open.value?.scene.cameras[scene.cameraIndex.value])
    : undefined;
}

/** Where on the stage something is, if the stage shows it. */
function pointOfPlace(app: App, place: PinPlace): StagePoint | undefined {
  if (place.kind === 'picture') {
    const isShown = app.stage.value === 'picture' && app.shownJob.value?.job.id === place.job;
    return isShown ? place : undefined;
  }
  const camera = cameraNow(app);
  const { width, height } = app.settings.shape.value;
  if (!camera || app.scene.open.value?.title !== place.seen.scene) return undefined;
  return stagePointOf(camera, width / height, place.point);
}

function PinMarks({ view }: { readonly view: RoomView }) {
  const app = useApp();
  const { page, openPin, part } = view;
  const { pins } = page.state.value;
  const points = pins.map(({ id, place, resolvedBy }) =>
    resolvedBy === null || id === openPin.value ? pointOfPlace(app, place) : undefined,
  );
  const depths = depthsInPiles(points);
  return (
    <>
      {pins.map((pin, i) => {
        const at = points[i];
        if (!at) return null;
        return (
          <At key={pin.id} point={at} depth={depths[i]}>
            <button
              type="button"
              class="pin-mark"
              aria-label={`Pin ${pin.number}: ${pin.thread[0]?.text}`}
              aria-pressed={pin.id === openPin.value && app.room.isOpen.value}
              title={pin.thread[0]?.text}
              onClick={() => {
                openPin.value = pin.id;
                part.value = 'pins';
                app.room.isOpen.value = true;
              }}
            >
              {pin.number}
            </button>
          </At>
        );
      })}
    </>
  );
}

function DraftMark({ place }: { readonly place: PinPlace }) {
  const at = pointOfPlace(useApp(), place);
  return (
    at && (
      <At point={at}>
        <span class="pin-mark" data-draft="true" aria-hidden="true">
          +
        </span>
      </At>
    )
  );
}

/** What moves is for the eye: who listens hears from the list of people who looks at what. */
function OthersMarks({ view }: { readonly view: RoomView }) {
  const app = useApp();
  const now = stageNow(app);
  if (!now) return null;
  return (
    <div aria-hidden="true">
      {view.company.others.value.map((other) => (
        <OtherMark
          key={other.node}
          other={other}
          isSame={JSON.stringify(other.stage) === JSON.stringify(now)}
        />
      ))}
    </div>
  );
}

/** @param isSame both look at the same, from the same place */
function OtherMark({ other, isSame }: { readonly other: Companion; readonly isSame: boolean }) {
  const app = useApp();
  const { node, cursor, stage } = other;
  if (isSame && cursor) return <Cursor node={node} at={cursor} />;
  const camera = cameraNow(app);
  if (!camera || stage?.kind !== 'moment' || stage.scene !== app.scene.open.value?.title) return null;
  const { width, height } = app.settings.shape.value;
  const at = stagePointOf(camera, width / height, stage.camera.position);
  return (
    at && (
      <At point={at}>
        <span class="camera-mark" style={nodeStyle(app.colours.of(node))}>
          {nodeTag(node)}
        </span>
      </At>
    )
  );
}

function Cursor({ node, at }: { readonly node: NodeId; readonly at: StagePoint }) {
  const { colours } = useApp();
  return (
    <At point={at}>
      <span class="cursor-mark" style={nodeStyle(colours.of(node))}>
        <svg width="14" height="18" viewBox="0 0 14 18" aria-hidden="true">
          <path d="M1 1v14l4-4 2.500 5.500 2.500-1-2.500-5.500h5.500z" />
        </svg>
        <NodeChip id={node} />
      </span>
    </At>
  );
}

interface AtProps {
  readonly point: StagePoint;
  /** Beside so many others of one place, towards the middle of the stage. */
  readonly depth?: number | undefined;
  readonly children: ComponentChildren;
}

function At({ point: { x, y }, depth = 0, children }: AtProps) {
  const aside = depth * (x > 0.5 ? -MARK_WIDTH : MARK_WIDTH);
  return (
    <div class="stage-mark" style={{ left: `calc(${100 * x}% + ${aside}px)`, top: `${100 * y}%` }}>
      {children}
    </div>
  );
}

/** The next press says where the pin goes; by keyboard it is the middle. */
function PinPlacer({ view, preview, job }: MarksProps & { readonly view: RoomView }) {
  const app = useApp();
  const isMissed = useSignal(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const put = (place: PinPlace): void => {
    view.draft.value = place;
    view.isPlacing.value = false;
    view.part.value = 'pins';
    app.room.isOpen.value = true;
  };
  const pick = async (at: StagePoint): Promise<void> => {
    if (job) {
      put({ kind: 'picture', job: job.id, title: job.title, ...at });
      return;
    }
    const metres = await preview?.distanceAt(at.x, at.y);
    const seen = stageNow(app);
    if (metres === undefined || seen?.kind !== 'moment') {
      isMissed.value = true;
      return;
    }
    const { width, height } = app.settings.shape.value;
    put({ kind: 'scene', seen, point: pointSeen(seen.camera, width / height, at, metres) });
  };
  return (
    <button
      ref={button}
      type="button"
      class="focus-picker"
      aria-label="Press where the pin goes, or Enter for the middle; Escape sets none"
      onClick={(event) => {
        // A click by keyboard has no place: the middle it is.
        if (event.detail === 0) {
          void pick({ x: 0.5, y: 0.5 });
          return;
        }
        const box = event.currentTarget.getBoundingClientRect();
        void pick({
          x: (event.clientX - box.left) / box.width,
          y: (event.clientY - box.top) / box.height,
        });
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') view.isPlacing.value = false;
      }}
    >
      <span class="preview-hint" role="status">
        {isMissed.value
          ? 'Nothing is there: press the scene itself'
          : 'Press where the pin goes · Esc to cancel'}
      </span>
    </button>
  );
}
