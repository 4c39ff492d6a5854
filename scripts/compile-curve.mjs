/** The curve arithmetic of signatures, their hashes, and what seals and authenticates (AssemblyScript), compiled: base64. Three, so that each is small. */
import asc from 'assemblyscript/asc';

const FOLDER = 'src/mesh/identity/curve/assembly';

export async function compileCurve() {
  return {
    // Where functions are not copied into each other it is a quarter smaller, and as fast.
    curve: await compile('index.ts', ['--shrinkLevel', '1']),
    hash: await compile('hash.ts'),
    cipher: await compile('cipher.ts', ['--enable', 'simd']),
  };
}

async function compile(file, flags = []) {
  let binary;
  const { error, stderr } = await asc.main(
    [
      `${FOLDER}/${file}`,
      '--outFile',
      'curve.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--disable',
      'mutable-globals',
      ...flags,
      '--initialMemory',
      '1',
    ],
    {
      writeFile: (name, contents) => {
        if (name === 'curve.wasm') binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`${file} did not compile: ${stderr.toString()}`, { cause: error });
  return Buffer.from(binary).toString('base64');
}
