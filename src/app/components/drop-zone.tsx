/** The whole window takes dropped scenes and panoramas; while files hover over it, it says so. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OpeningWishes } from '../first-wish.ts';
import { pickedFromDrop } from '../picked-files.ts';

export function DropZone({ opens }: { readonly opens: OpeningWishes }) {
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
      opens.openPicked(pickedFromDrop(event.dataTransfer));
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [opens, isOver]);
  return isOver.value ? (
    <div class="drop-zone" aria-hidden="true">
      <p>Drop a scene, or an .hdr or .exr to light it</p>
    </div>
  ) : null;
}
