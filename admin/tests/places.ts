/** Every page, for what has to hold on all of them. Each area's file lists its own. */
import { adminPlaces } from './places.admin';
import { cataloguePlaces } from './places.catalogue';
import { regulationPlaces } from './places.regulations';
import { workPlaces } from './places.work';

/** A page by a name for its picture; `at` asks the API for the address of something that exists. */
export type Place = { name: string; at: string | ((api: Api) => Promise<string>) };
export type Api = ReturnType<typeof import('../../gen/ts/src/client').createClient>;

export const places: Place[] = [...workPlaces, ...cataloguePlaces, ...regulationPlaces, ...adminPlaces];
