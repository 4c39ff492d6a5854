/** The whole window takes dropped scenes and panoramas; while files hover over it, it says so. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../../runtime/index.ts';
import { pickedFromDrop } from '../picked-files.ts';
import { useApp } from './app-context.ts';

export function DropZone() {
  const app = useApp();
  const isOver = useSignal(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    const over = (event: DragEvent): void => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      isOver.value = true;
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) isOver.value = false;
    };
    const drop = (event: DragEvent): void => {
      isOver.value = false;
      if (!event.dataTransfer || !hasFiles(event)) return;
      event.preventDefault();
      pickedFromDrop(event.dataTransfer).then(app.openFiles, (error: unknown) => {
        app.notices.add('error', 'scene', 'The dropped files could not be read', [messageOf(error)]);
      });
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [app, isOver]);
  return isOver.value ? (
    <div class="drop-zone" aria-hidden="true">
      <p>Drop a scene, or an .hdr or .exr to light it</p>
    </div>
  ) : null;
}
