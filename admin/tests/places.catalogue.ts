import type { Place } from './places';

export const cataloguePlaces: Place[] = [
];
