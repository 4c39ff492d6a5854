// What the kernel exports to src/render/kernel/.

export {
  buildBvh,
  buildInstancedBvh,
  closeCrew,
  helpBuild,
  openCrew,
  traceAny,
  traceClosest,
} from './bvh/index';
export { prepareView, viewRecord } from './camera';
export { allocEnvironment, setEnvironmentConstant, setEnvironmentMap, setEnvironmentPlacement } from './environment';
export { renderGuides } from './guides';
export { discardedSamples, renderBlock, setStrategy } from './integrator';
export { prepareLights } from './lights';
export { clearScene, emissiveTriangles, finishScene, sceneRecord } from './load';
export { alloc, limitMemory, mark, release } from './memory';
export { probeSample, probeSurface, probeValue } from './probe';
export { sampleBits } from './sampler';
export { adoptScene, saveScene } from './share';
export { arrangeTexels } from './texels';
