import { listAccounts } from '../../gen/ts/src';
import type { Place } from './places';

export const adminPlaces: Place[] = [
  { name: 'ajustes', at: '/ajustes/sistema' },
  { name: 'cuentas', at: '/ajustes/usuarios' },
  { name: 'cuenta-nueva', at: '/ajustes/usuarios/nuevo' },
  {
    name: 'cuenta',
    at: async (api) => {
      const { data } = await listAccounts({ client: api, throwOnError: true });
      return `/ajustes/usuarios/${data.find((a) => a.username !== 'admin')!.id}`;
    },
  },
  { name: 'mi-cuenta', at: '/ajustes/perfil' },
  { name: 'claves', at: '/ajustes/claves' },
  { name: 'auditoria', at: '/auditoria' },
  { name: 'accesos', at: '/accesos' },
  { name: 'errores', at: '/errores' },
  { name: 'trabajos', at: '/trabajos?state=completed' },
  { name: 'trabajos-periodicos', at: '/trabajos/periodicos' },
];
