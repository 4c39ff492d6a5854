/** The curve arithmetic of signatures (AssemblyScript), compiled: base64. */
import asc from 'assemblyscript/asc';

const FILE = 'src/mesh/identity/curve/assembly/index.ts';

export async function compileCurve() {
  let binary;
  const { error, stderr } = await asc.main(
    [
      FILE,
      '--outFile',
      'curve.wasm',
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--disable',
      'mutable-globals',
      '--initialMemory',
      '1',
    ],
    {
      writeFile: (name, contents) => {
        if (name === 'curve.wasm') binary = contents;
      },
    },
  );
  if (error || !binary) throw new Error(`the curve did not compile: ${stderr.toString()}`, { cause: error });
  return Buffer.from(binary).toString('base64');
}
