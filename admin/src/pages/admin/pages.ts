import type { Pages } from '@/app/pages';

export const adminPages: Pages = {
};
