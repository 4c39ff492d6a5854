// Compiles the kernel (AssemblyScript) twice: public/generated/kernel.wasm with a memory of its own, and
// kernel-shared.wasm, the same source over a memory that several workers share (a binary can only do one or the other).
import { mkdir } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const SHARED = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '32', '--maximumMemory', '65536'];

await mkdir('public/generated', { recursive: true });
await compile('public/generated/kernel.wasm', []);
await compile('public/generated/kernel-shared.wasm', SHARED);

async function compile(outFile, options) {
  const { error, stderr } = await asc.main([
    'src/render/kernel/assembly/index.ts',
    '--outFile',
    outFile,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--disable',
    'mutable-globals',
    '--importMemory',
    ...options,
  ]);
  if (error) {
    console.error(stderr.toString());
    console.error('The kernel did not compile:', error.message);
    process.exit(1);
  }
}
