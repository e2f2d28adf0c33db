/** How a picture lies in its stage: turned by quarters, enlarged from the size that just fits, and moved, in pixels of the stage from its middle. */
export type Viewport = { scale: number; x: number; y: number; turns: number };
export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

export const fitted: Viewport = { scale: 1, x: 0, y: 0, turns: 0 };
const most = 8;

/** The size at which a picture just fits into the stage, as the picture lies before it is turned; small ones are not enlarged. */
export function fit(picture: Size, stage: Size, turns: number): Size {
  const lying = turned(picture, turns);
  const factor = Math.min(1, stage.width / lying.width, stage.height / lying.height);
  return { width: picture.width * factor, height: picture.height * factor };
}

/** Enlarges by a factor so that what is at `at` stays there. `size` is that of fit. */
export function zoomAt(view: Viewport, factor: number, at: Point, size: Size, stage: Size): Viewport {
  const scale = Math.min(most, Math.max(1, view.scale * factor));
  const grown = scale / view.scale;
  return within({ ...view, scale, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown }, size, stage);
}

export function moveBy(view: Viewport, by: Point, size: Size, stage: Size): Viewport {
  return within({ ...view, x: view.x + by.x, y: view.y + by.y }, size, stage);
}

/** A quarter more to the right, or to the left, fitted again. */
export const turn = (view: Viewport, quarters: 1 | -1): Viewport => ({ ...fitted, turns: (view.turns + quarters + 4) % 4 });

/** No part of the stage stays empty while there is picture to fill it. */
function within(view: Viewport, size: Size, stage: Size): Viewport {
  const lying = turned(size, view.turns);
  const x = Math.max(0, (lying.width * view.scale - stage.width) / 2);
  const y = Math.max(0, (lying.height * view.scale - stage.height) / 2);
  return { ...view, x: clamp(view.x, x), y: clamp(view.y, y) };
}

const clamp = (value: number, limit: number) => (limit === 0 ? 0 : Math.min(limit, Math.max(-limit, value)));
const turned = ({ width, height }: Size, turns: number): Size => (turns % 2 === 0 ? { width, height } : { width: height, height: width });
