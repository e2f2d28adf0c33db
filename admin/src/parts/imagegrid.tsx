import './imagegrid.css';

import { Text } from '@mantine/core';
import type { Image } from '@msia/client';
import type { ReactNode } from 'react';

/** What a picture is called: what is said of it, or its file's name. */
export const imageName = (image: Pick<Image, 'description' | 'original_filename' | 'stored_filename'>): string => image.description ?? image.original_filename ?? image.stored_filename;

/** Pictures beside each other, as many as fit; of `li`s. */
export const ImageGrid = ({ label, children }: { label: string; children: ReactNode }) => <ul className="imagegrid" aria-label={label}>{children}</ul>;

/** A picture small, with its name under it. */
export function Thumbnail({ image, name }: { image: Pick<Image, 'url'>; name: string }) {
  return (
    <>
      <img src={`${image.url}?w=320`} alt="" loading="lazy" />
      <Text size="sm" component="span" lineClamp={2}>{name}</Text>
    </>
  );
}
