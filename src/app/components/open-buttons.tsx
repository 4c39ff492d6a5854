/** Opens scene files: several at once (a .gltf with its files), or a whole folder. */
import { useRef } from 'preact/hooks';
import type { OpeningWishes } from '../first-wish.ts';
import { pickedFromInput } from '../picked-files.ts';
import { Icon } from './icon.tsx';

const ACCEPTED =
  '.glb,.gltf,.obj,.mtl,.ply,.stl,.fbx,.usdz,.usda,.usdc,.zip,.bin,.png,.jpg,.jpeg,.webp,.ktx2,.bmp,.tga,.gif,model/gltf-binary,model/gltf+json,model/obj,model/stl';

export function OpenButtons({ opens }: { readonly opens: OpeningWishes }) {
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement): void => {
    const picked = pickedFromInput(input);
    input.value = '';
    opens.openPicked(Promise.resolve(picked));
  };
  return (
    <>
      <button
        type="button"
        class="button"
        aria-label="Open scene file"
        onClick={() => files.current?.click()}
      >
        <Icon name="file" />
        Open scene
      </button>
      <button
        type="button"
        class="button"
        aria-label="Open scene folder"
        onClick={() => folder.current?.click()}
      >
        <Icon name="folder" />
        Folder
      </button>
      <input
        ref={files}
        class="visually-hidden"
        type="file"
        multiple
        accept={ACCEPTED}
        aria-label="Scene files"
        tabIndex={-1}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        class="visually-hidden"
        type="file"
        {...{ webkitdirectory: true }}
        aria-label="Scene folder"
        tabIndex={-1}
        onChange={(event) => take(event.currentTarget)}
      />
    </>
  );
}
