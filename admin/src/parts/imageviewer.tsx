import { ActionIcon, Box, Button, Center, Group, Loader, Text, Tooltip } from '@mantine/core';
import { useElementSize, useMergedRef } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';

import { fit, fitted, moveBy, type Point, type Size, turn, type Viewport, zoomAt } from '@/lib/viewport';

import { IconExternalLink, IconRotateClockwise, IconZoomIn, IconZoomOut } from './icons';

/** What a page around the viewer can do with its own keys and buttons. */
export type ViewerHandle = {
  /** Between fitted and enlarged. */
  toggleZoom: () => void;
  rotate: (quarters?: 1 | -1) => void;
  reset: () => void;
  focus: () => void;
};

type Props = {
  /** Another address is another picture: it is shown fitted and upright. */
  src: string;
  alt: string;
  /** The stage's height; the viewer is as wide as its place. */
  height?: number | string;
  /** Where the original is opened; `src` when absent. */
  original?: string;
  /** Beside the viewer's own buttons. */
  actions?: ReactNode;
  ref?: Ref<ViewerHandle>;
};

/**
 * One picture to look at closely. Wheel, pinch, double click and + − 0 Z enlarge; dragging and, when enlarged, the arrows
 * move; R turns, Shift+R back. Keys count while the stage has the focus; those it has no use for go on to the page.
 */
export function ImageViewer({ src, ...rest }: Props) {
  return <Stage key={src} src={src} {...rest} />;
}

function Stage({ src, alt, height = '60vh', original, actions, ref }: Props) {
  const [view, setView] = useState<Viewport>(fitted);
  const [natural, setNatural] = useState<Size | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const { ref: sizeRef, ...stage } = useElementSize<HTMLDivElement>();
  const node = useRef<HTMLDivElement>(null);
  const pointers = useRef(new Map<number, Point>());
  const size = natural ? fit(natural, stage, view.turns) : { width: 0, height: 0 };

  const zoom = (factor: number, at: Point = { x: 0, y: 0 }) => setView((v) => zoomAt(v, factor, at, size, stage));
  const move = (by: Point) => setView((v) => moveBy(v, by, size, stage));
  const rotate = (quarters: 1 | -1 = 1) => setView((v) => turn(v, quarters));
  const reset = () => setView((v) => ({ ...fitted, turns: v.turns }));
  const toggleZoom = (at?: Point) => (view.scale > 1 ? reset() : zoom(2.5, at));
  useImperativeHandle(ref, () => ({ toggleZoom: () => toggleZoom(), rotate, reset, focus: () => node.current?.focus() }));

  /** From the middle of the stage. */
  const at = (e: { clientX: number; clientY: number }): Point => {
    const box = node.current!.getBoundingClientRect();
    return { x: e.clientX - box.left - box.width / 2, y: e.clientY - box.top - box.height / 2 };
  };

  // React listens to wheels passively: the page would scroll, too.
  const onWheel = useRef<(e: WheelEvent) => void>(undefined);
  onWheel.current = (e) => {
    e.preventDefault();
    zoom(Math.exp(-e.deltaY * (e.ctrlKey ? 0.01 : 0.002)), at(e));
  };
  useEffect(() => {
    const listen = (e: WheelEvent) => onWheel.current?.(e);
    const element = node.current!;
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, []);

  const onPointerDown = (e: PointerEvent<HTMLDivElement>) => {
    if (e.button !== 0 || (e.target as HTMLElement).closest('button')) return;
    e.currentTarget.setPointerCapture(e.pointerId);
    pointers.current.set(e.pointerId, at(e));
  };
  const onPointerMove = (e: PointerEvent<HTMLDivElement>) => {
    const before = pointers.current.get(e.pointerId);
    if (!before) return;
    const now = at(e);
    pointers.current.set(e.pointerId, now);
    const other = [...pointers.current].find(([id]) => id !== e.pointerId)?.[1];
    if (!other) {
      move({ x: now.x - before.x, y: now.y - before.y });
      return;
    }
    // Of two fingers each moves what is between them by half.
    move({ x: (now.x - before.x) / 2, y: (now.y - before.y) / 2 });
    zoom(distance(now, other) / Math.max(1, distance(before, other)), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  };
  const onPointerEnd = (e: PointerEvent<HTMLDivElement>) => void pointers.current.delete(e.pointerId);

  const onKeyDown = (e: KeyboardEvent<HTMLDivElement>) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const steps: Record<string, Point> = { ArrowLeft: { x: 60, y: 0 }, ArrowRight: { x: -60, y: 0 }, ArrowUp: { x: 0, y: 60 }, ArrowDown: { x: 0, y: -60 } };
    const step = view.scale > 1 ? steps[e.key] : undefined;
    if (step) move(step);
    else if (e.key === '+' || e.key === '=') zoom(1.4);
    else if (e.key === '-') zoom(1 / 1.4);
    else if (e.key === '0') reset();
    else if (e.key === 'z') toggleZoom();
    else if (e.key === 'r') rotate();
    else if (e.key === 'R') rotate(-1);
    else return;
    e.preventDefault();
    e.stopPropagation();
  };

  return (
    <Box role="group" aria-label={`Visor: ${alt}`}>
      <div
        ref={useMergedRef(node, sizeRef)} tabIndex={0} role="group" aria-label="Imagen: más y menos amplían, R gira, las flechas mueven"
        data-scale={view.scale.toFixed(2)} data-turns={view.turns}
        style={{
          position: 'relative', overflow: 'hidden', height, touchAction: 'none', userSelect: 'none', borderRadius: 'var(--mantine-radius-md)',
          background: 'light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-8))', cursor: view.scale > 1 ? 'grab' : 'zoom-in',
        }}
        onKeyDown={onKeyDown} onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={onPointerEnd} onPointerCancel={onPointerEnd}
        onDoubleClick={(e) => toggleZoom(at(e))}
      >
        {failed ? (
          <Center h="100%" style={{ flexDirection: 'column', gap: 8 }}>
            <Text size="sm">No se ha podido mostrar la imagen.</Text>
            <Button size="xs" variant="default" onClick={() => { setFailed(false); setAttempt((n) => n + 1); }}>Reintentar</Button>
          </Center>
        ) : (
          <>
            {!natural && <Center h="100%"><Loader aria-label="Cargando la imagen" /></Center>}
            <img
              key={attempt} src={src} alt={alt} draggable={false} onError={() => setFailed(true)}
              onLoad={(e) => setNatural({ width: e.currentTarget.naturalWidth || 1, height: e.currentTarget.naturalHeight || 1 })}
              style={{
                position: 'absolute', left: '50%', top: '50%', maxWidth: 'none', opacity: natural ? 1 : 0, width: size.width, height: size.height,
                transform: `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) rotate(${view.turns * 90}deg) scale(${view.scale})`,
              }}
            />
          </>
        )}
      </div>
      <Group gap={4} mt={6} justify="space-between">
        <Group gap={4}>
          <Tooltip label="Reducir (−)"><ActionIcon aria-label="Reducir" disabled={view.scale <= 1} onClick={() => zoom(1 / 1.4)}><IconZoomOut size={20} /></ActionIcon></Tooltip>
          <Text size="sm" className="nums" w={52} ta="center" role="status">{Math.round(view.scale * 100)} %</Text>
          <Tooltip label="Ampliar (+)"><ActionIcon aria-label="Ampliar" onClick={() => zoom(1.4)}><IconZoomIn size={20} /></ActionIcon></Tooltip>
          <Button size="compact-sm" variant="subtle" disabled={view.scale <= 1} onClick={reset}>Ajustar</Button>
          <Tooltip label="Girar (R)"><ActionIcon aria-label="Girar" onClick={() => rotate()}><IconRotateClockwise size={20} /></ActionIcon></Tooltip>
          <Tooltip label="Abrir el original">
            <ActionIcon component="a" href={original ?? src} target="_blank" rel="noreferrer" aria-label="Abrir el original en otra pestaña"><IconExternalLink size={20} /></ActionIcon>
          </Tooltip>
        </Group>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
    </Box>
  );
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);
