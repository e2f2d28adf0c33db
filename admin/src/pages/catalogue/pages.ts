import type { Pages } from '@/app/pages';

export const cataloguePages: Pages = {
};
