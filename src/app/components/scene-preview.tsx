/** The scene to look around in, in the shape of the picture to come. three.js is loaded when the first scene is opened. */
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FlatScene } from '../../render/scene/index.ts';
import { messageOf } from '../../runtime/index.ts';
import type { Preview } from '../stage/preview.ts';
import { useApp } from './app-context.ts';
import { FocusPicker } from './focus-picker.tsx';

/** Of the open scene; another scene wants another preview. */
export function ScenePreview() {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const preview = useSignal<Preview | undefined>(undefined);
  const isDrawn = useSignal(false);
  const problem = useSignal<string | undefined>(undefined);
  const shown = useRef<FlatScene>(undefined);

  useEffect(() => {
    let isGone = false;
    const start = async (): Promise<void> => {
      const [{ Preview }, { openPreview }] = await Promise.all([
        import('../stage/preview.ts'),
        import('../stage/preview-link.ts'),
      ]);
      const target = canvas.current;
      if (isGone || !target) return;
      const link = await openPreview(target, {
        onMetered: (stops) => {
          if (!isGone) app.settings.meter(stops);
        },
        onLost: (reason) => {
          problem.value = reason;
        },
      });
      if (isGone) {
        link.close();
        return;
      }
      preview.value = new Preview(target, link, (orbited) => app.scene.lookFrom(orbited));
    };
    start().catch((error: unknown) => {
      problem.value = messageOf(error);
    });
    const observer = new ResizeObserver(([entry]) => {
      if (entry) preview.value?.setSize(entry.contentRect.width, entry.contentRect.height);
    });
    if (canvas.current) observer.observe(canvas.current);
    return () => {
      isGone = true;
      observer.disconnect();
      preview.value?.dispose();
      preview.value = undefined;
      app.settings.meter(0);
    };
  }, [app, preview, problem]);

  useSignalEffect(() => {
    const box = canvas.current?.getBoundingClientRect();
    if (box) preview.value?.setSize(box.width, box.height);
  });
  useSignalEffect(() => preview.value?.setLook(app.settings.look.value));
  useSignalEffect(() => {
    const scene = app.scene.open.value?.scene;
    const own = preview.value;
    if (!own || !scene || scene === shown.current) return;
    const isFirst = shown.current === undefined;
    shown.current = scene;
    own.setScene(scene).then(
      () => {
        isDrawn.value = true;
      },
      (error: unknown) => {
        problem.value = messageOf(error);
      },
    );
    const view = app.scene.ownView.peek();
    if (isFirst && view) own.lookFrom(view);
  });
  useSignalEffect(() => {
    const { strength, turns } = app.settings.placement.value;
    preview.value?.placeEnvironment(strength, turns);
  });
  useSignalEffect(() => {
    const view = app.scene.open.value?.scene.cameras[app.scene.cameraIndex.value];
    if (view && app.scene.ownView.value === undefined) preview.value?.lookFrom(view);
  });
  useSignalEffect(() => {
    const view = app.scene.visited.value;
    if (view && preview.value && shown.current) preview.value.lookFrom(view);
  });
  useSignalEffect(() => {
    const own = preview.value;
    const choice = app.settings.environment.value;
    if (!own) return;
    if (choice.kind === 'colour') {
      own.setEnvironment(choice.rgb);
      return;
    }
    app.environmentOf(choice).then(
      (environment) => {
        const isStillChosen = app.settings.environment.peek() === choice;
        if (environment && preview.peek() === own && isStillChosen) own.setEnvironment(environment);
      },
      (error: unknown) =>
        app.notices.add('error', 'scene', 'The environment could not be loaded', [messageOf(error)]),
    );
  });

  const shape = app.settings.shape.value;
  const Marks = app.room.marks.value;
  return (
    <div class="preview">
      <div class="preview-frame" style={{ '--width': String(shape.width), '--height': String(shape.height) }}>
        <canvas ref={canvas} tabIndex={0} aria-label="Scene preview: drag to orbit, scroll to zoom" />
        {!isDrawn.value && problem.value === undefined && (
          <div class="skeleton">
            <span class="spinner" />
          </div>
        )}
        {problem.value !== undefined && (
          <div class="preview-problem">
            <p>There is no preview here ({problem.value}).</p>
            <p>Rendering works all the same, with the scene's own cameras.</p>
          </div>
        )}
        {preview.value && app.isPickingFocus.value && <FocusPicker preview={preview.value} />}
        {Marks && <Marks preview={preview.value} />}
        {isDrawn.value && app.scene.ownView.value === undefined && !app.isPickingFocus.value && (
          <p class="preview-hint" aria-hidden="true">
            Drag to look around · scroll or pinch to zoom
          </p>
        )}
      </div>
    </div>
  );
}
