import type { Category } from '@msia/client';
import { listBaseDocumentsOptions, listElementsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';

export type Use = { text: string; to: string };

/** Where the catalogue shows a picture; undefined while that is not known. */
export function useImageUses(url: string | undefined, categories: Category[]): Use[] | undefined {
  const elements = useQuery({ ...listElementsOptions({ query: { include_inactive: true } }), enabled: url !== undefined }).data;
  const documents = useQuery({ ...listBaseDocumentsOptions(), enabled: url !== undefined }).data;
  if (!elements || !documents) return undefined;
  return [
    ...elements.flatMap((e) => e.photos.filter((p) => p.image_url === url).map((p) => ({ text: `${e.name}: ${p.title}`, to: `/elementos/${e.id}/fotos` }))),
    ...documents.filter((d) => d.image_url === url).map((d) => {
      const category = categories.find((c) => c.id === d.category_id);
      return { text: `${category?.name ?? 'Documentación'}: ${d.description}`, to: `/tarifas/${category?.slug ?? d.category_id}/documentacion` };
    }),
  ];
}
