import type { Place } from './places';

export const adminPlaces: Place[] = [
];
