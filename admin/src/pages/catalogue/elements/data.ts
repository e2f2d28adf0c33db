import type { Category, Element } from '@msia/client';
import { getElementOptions, listCategoriesOptions, listElementsOptions } from '@msia/client/query';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';

import { fold } from '@/lib/fold';

export const elementsOf = (category: string | undefined) => ({
  ...listElementsOptions({ query: { category, include_inactive: true } }),
  placeholderData: undefined, // another category's would be wrong here
});

export const categoriesOptions = listCategoriesOptions({ query: { include_inactive: true } });

/** What is read again after an element, its fields or its photos were changed. */
export const elementReads = ['listElements', 'getElement', 'listElementFields', 'listElementPhotos', 'checkElementFields', 'getElementUsage', 'getCategoryCatalogue', 'listWarnings', 'getImage', 'listImages'];

/** The element of the address, with what it is among. */
export function useElement() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const element = useQuery({ ...getElementOptions({ path: { element_id: id } }), placeholderData: undefined });
  const categories = useQuery(categoriesOptions);
  const others = useQuery({ ...elementsOf(element.data?.category_id), enabled: element.data !== undefined });
  return { element, category: categories.data?.find((c) => c.id === element.data?.category_id), others: others.data ?? [] };
}

export type ElementContext = { element: Element; category: Category | undefined; others: Element[]; reload: () => Promise<unknown> };

/** A code out of a name: «Escape (homologado)» is ESCAPE_HOMOLOGADO. */
export const codeOf = (name: string): string => fold(name).toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '').slice(0, 50);

/** The same for keys of fields and codes of photos. */
export const keyOf = (name: string, most: number): string => fold(name).replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^[_0-9]+|_+$/g, '').slice(0, most).replace(/_+$/, '');
