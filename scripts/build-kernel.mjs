// Compiles the kernel (AssemblyScript) twice: public/generated/kernel.wasm with a memory of its own, and
// kernel-shared.wasm, the same source over a memory that several workers share (a binary can only do one or the other); and the
// denoiser's network, denoiser.wasm.
import { mkdir } from 'node:fs/promises';
import asc from 'assemblyscript/asc';

const SHARED = ['--enable', 'threads', '--sharedMemory', '--initialMemory', '32', '--maximumMemory', '65536'];

await mkdir('public/generated', { recursive: true });
const KERNEL = 'src/render/kernel/assembly/index.ts';
await compile(KERNEL, 'public/generated/kernel.wasm', ['--importMemory']);
await compile(KERNEL, 'public/generated/kernel-shared.wasm', ['--importMemory', ...SHARED]);
await compile('src/render/output/denoise/assembly/index.ts', 'public/generated/denoiser.wasm', []);

async function compile(source, outFile, options) {
  const { error, stderr } = await asc.main([
    source,
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
    ...options,
  ]);
  if (error) {
    console.error(stderr.toString());
    console.error(`${source} did not compile:`, error.message);
    process.exit(1);
  }
}
