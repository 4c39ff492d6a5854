// Compiles the kernel (AssemblyScript) to public/generated/kernel.wasm.
import { mkdir } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

await mkdir('public/generated', { recursive: true });
const { error, stderr } = await asc.main([
  'src/render/kernel/assembly/index.ts',
  '--outFile',
  'public/generated/kernel.wasm',
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--disable',
  'mutable-globals',
  '--importMemory',
]);
if (error) {
  console.error(stderr.toString());
  console.error('The kernel did not compile:', error.message);
  process.exit(1);
}
