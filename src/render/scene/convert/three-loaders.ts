/**
 * FBX and USD (USDA, USDC, USDZ) by three's loaders, which were made for a page: they ask for pictures by addresses that only a
 * document can open. Here they get pictures that hold nothing but their address or their file, for the reader of all scenes.
 *
 * Their arithmetic is the host's (sines, powers): two kinds of browser may read one such file to bits that differ in the last place.
 * So what is read of them is sent, and not the file: every machine of a render has the same bits.
 */
import { Cache, LoadingManager, type Object3D, Texture } from 'three';
import { AGAIN, SceneError } from '../errors.ts';
import { saidBy } from '../said-by.ts';
import type { Warnings } from '../warnings.ts';
import { checkFbxArrays } from './fbx-arrays.ts';

/** What stands where a loader expects an image. */
export interface PictureSource {
  /** A file beside the scene, or the file itself. */
  readonly source: string | Uint8Array;
}

/** @throws SceneError `bad-geometry` */
export async function loadFbx(bytes: Uint8Array, name: string): Promise<Object3D> {
  checkFbxArrays(bytes, name);
  const { FBXLoader } = await import('three/examples/jsm/loaders/FBXLoader.js');
  return withPictures(name, 'an FBX', async (pictures) => {
    const manager = new LoadingManager();
    manager.addHandler(/./, pictures.asLoader);
    return new FBXLoader(manager).parse(ownBuffer(bytes), '');
  });
}

/** @throws SceneError `bad-geometry` */
export async function loadUsd(bytes: Uint8Array, name: string, warnings: Warnings): Promise<Object3D> {
  const { USDLoader } = await import('three/examples/jsm/loaders/USDLoader.js');
  const { checkUsdArchive, takeFacesLeftOut } = await import('./usd-counts.ts');
  return withPictures(name, 'a USD file', async (pictures) => {
    const isArchive = new TextDecoder('latin1').decode(bytes.subarray(0, 2)) === 'PK';
    if (isArchive) checkUsdArchive(bytes);
    const manager = new LoadingManager();
    // Asked for right before the cache is: whatever the address, there is a picture.
    manager.setURLModifier((address) => {
      Cache.add(`image:${address}`, pictures.imageOf(address));
      return address;
    });
    const isText = new TextDecoder('latin1').decode(bytes.subarray(0, 5)) === '#usda';
    const given = isText ? new TextDecoder().decode(bytes) : ownBuffer(bytes);
    if (typeof given === 'string' && !isClosed(given)) {
      const cut = new SceneError('bad-geometry', name, `ends in the middle; ${AGAIN}`);
      warnings.excuse(cut, 'what is there is shown');
    }
    return new Promise((resolve, reject) => {
      takeFacesLeftOut();
      new USDLoader(manager).parse(given, '', resolve, reject);
      const faces = takeFacesLeftOut();
      if (faces > 0) {
        const short = new SceneError('bad-geometry', name, 'lists fewer corners than its faces have');
        warnings.excuse(short, `${faces} of its faces are left out`);
      }
    });
  });
}

/** Whether each brace of a USD text has its other half; those in strings, file names and comments are none. */
function isClosed(text: string): boolean {
  let open = 0;
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])*'|@[^@\n]*@|#.*|[{}]/g)) {
    if (token === '{') open++;
    else if (token === '}') open--;
  }
  return open <= 0;
}

/** Pictures inside the file, by the addresses that were made up for them. */
class Pictures {
  readonly #embedded = new Map<string, Blob>();
  readonly #images: { source: string | Uint8Array; readonly address: string }[] = [];

  /** Not a blob: address, which three would not look up among what is loaded. */
  register(blob: Blob): string {
    const address = `embedded:${this.#embedded.size}`;
    this.#embedded.set(address, blob);
    return address;
  }

  /** three takes what is complete for loaded. */
  imageOf(address: string): PictureSource & { readonly complete: true } {
    const image = { source: address as string | Uint8Array, address, complete: true as const };
    this.#images.push(image);
    return image;
  }

  /** In the place of three's TextureLoader. */
  get asLoader() {
    const load = (address: string): Texture => {
      const texture = new Texture();
      Object.assign(texture, { image: this.imageOf(address) });
      return texture;
    };
    const loader = {
      path: '',
      setPath: (): unknown => loader,
      load,
    };
    return loader as never;
  }

  /** After loading: the files themselves instead of their made-up addresses. */
  async open(): Promise<void> {
    const files = new Map<string, Uint8Array>();
    for (const [address, blob] of this.#embedded) {
      files.set(address, new Uint8Array(await blob.arrayBuffer()));
    }
    for (const image of this.#images) image.source = files.get(image.address) ?? image.address;
  }
}

/** For the time of loading the world looks to three like a page that opens everything at once. */
async function withPictures(
  name: string,
  kind: string,
  load: (pictures: Pictures) => Promise<Object3D>,
): Promise<Object3D> {
  const pictures = new Pictures();
  const { createObjectURL, revokeObjectURL } = URL;
  const { warn, error } = console;
  const hasWindow = 'window' in globalThis;
  try {
    Cache.enabled = true;
    URL.createObjectURL = (blob) => pictures.register(blob as Blob);
    URL.revokeObjectURL = () => {};
    // The size of a window, which gives cameras their shape, and what is muttered about files.
    if (!hasWindow) Object.assign(globalThis, { window: { innerWidth: 1, innerHeight: 1 } });
    Object.assign(console, { warn() {}, error() {} });
    const object = await load(pictures);
    await pictures.open();
    return object;
  } catch (cause) {
    const reason = `is ${kind} that cannot be read${saidBy(cause)}; export it again, as .glb if you can`;
    throw new SceneError('bad-geometry', name, reason, { cause });
  } finally {
    Object.assign(URL, { createObjectURL, revokeObjectURL });
    Object.assign(console, { warn, error });
    if (!hasWindow) Reflect.deleteProperty(globalThis, 'window');
    Cache.clear();
    Cache.enabled = false;
  }
}

function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
