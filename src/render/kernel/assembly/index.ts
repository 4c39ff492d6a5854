// What the kernel exports to src/render/kernel/.
export { prepareView, view } from './camera';
export { allocEnvironment, setEnvironmentConstant, setEnvironmentMap } from './environment';
export { discardedSamples, renderBlock, setStrategy } from './integrator';
export { prepareLights } from './lights';
export { clearScene, emissiveTriangles, finishScene } from './load';
export { alloc, mark, release } from './memory';
export { scene } from './scene';
