import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { createStageChoice } from './stage-mode.ts';

function stage() {
  const scene = signal<object | undefined>(undefined);
  const picture = signal<object | undefined>(undefined);
  return { scene, picture, ...createStageChoice(scene, picture) };
}

describe('what the stage shows', () => {
  it('is the ways to begin, the scene once it is open, and the picture once it is asked for', () => {
    const { mode, show, scene, picture } = stage();
    expect(mode.value).toBe('empty');
    scene.value = {};
    expect(mode.value).toBe('scene');
    picture.value = {};
    expect(mode.value).toBe('scene');
    show('picture');
    expect(mode.value).toBe('picture');
  });

  it('leads from the picture of somebody else to the ways to begin, and back', () => {
    const { mode, show, picture } = stage();
    picture.value = {};
    show('picture');
    expect(mode.value).toBe('picture');
    show('scene');
    expect(mode.value).toBe('empty');
    show('picture');
    expect(mode.value).toBe('picture');
  });

  it('leads from an open scene to the ways to begin, and back', () => {
    const { mode, show, scene } = stage();
    scene.value = {};
    show('empty');
    expect(mode.value).toBe('empty');
    show('scene');
    expect(mode.value).toBe('scene');
  });

  it('goes to a picture of somebody else only where nobody is about to make another', () => {
    const { mode, show, offerPicture, scene, picture } = stage();
    picture.value = {};
    offerPicture();
    expect(mode.value).toBe('picture');
    show('empty');
    offerPicture();
    expect(mode.value).toBe('empty');
    show('scene');
    scene.value = {};
    offerPicture();
    expect(mode.value).toBe('scene');
    show('picture');
    offerPicture();
    expect(mode.value).toBe('picture');
  });

  it('is what there is when the picture is taken from the list', () => {
    const { mode, show, scene, picture } = stage();
    picture.value = {};
    show('picture');
    picture.value = undefined;
    expect(mode.value).toBe('empty');
    scene.value = {};
    expect(mode.value).toBe('scene');
  });
});
