import type { Role } from '@msia/client';
import type { ComponentType } from 'react';

import * as icons from '@/parts/icons';

export type Place = { to: string; text: string; icon: ComponentType<{ size?: number; stroke?: number }>; needs?: Role; /** Pressed after G. */ key?: string; };
export type Area = { title: string; places: Place[] };

/** Everything there is, in the menu's order; the palette lists it, too. */
export const areas: Area[] = [
  {
    title: 'Trabajo',
    places: [
      { to: '/', text: 'Panel', icon: icons.IconHome, key: 'p' },
      { to: '/expedientes', text: 'Expedientes', icon: icons.IconFolder, key: 'e' },
      { to: '/conversaciones', text: 'Conversaciones', icon: icons.IconMessages, key: 'c' },
      { to: '/escalaciones', text: 'Escalaciones', icon: icons.IconFlag, key: 's' },
      { to: '/clientes', text: 'Clientes', icon: icons.IconUsers, key: 'l' },
    ],
  },
  {
    title: 'Catálogo',
    places: [
      { to: '/tarifas', text: 'Tarifas', icon: icons.IconTable, key: 't' },
      { to: '/tarifas/simulador', text: 'Simulador de precios', icon: icons.IconCalculator, key: 'm' },
      { to: '/elementos', text: 'Elementos', icon: icons.IconTags, key: 'o' },
      { to: '/advertencias', text: 'Advertencias', icon: icons.IconAlertTriangle },
      { to: '/servicios', text: 'Servicios generales', icon: icons.IconListCheck },
      { to: '/imagenes', text: 'Imágenes', icon: icons.IconPhoto, key: 'i' },
      { to: '/reglas', text: 'Reglas de respuesta', icon: icons.IconShield },
    ],
  },
  {
    title: 'Normativa',
    places: [
      { to: '/normativas/consulta', text: 'Consultar', icon: icons.IconQuestionMark, key: 'n' },
      { to: '/normativas/documentos', text: 'Documentos', icon: icons.IconBook, key: 'd' },
      { to: '/normativas/preguntas', text: 'Preguntas hechas', icon: icons.IconList },
      { to: '/normativas/uso', text: 'Uso y salud', icon: icons.IconSparkles },
      { to: '/normativas/glosario', text: 'Glosario', icon: icons.IconTag },
    ],
  },
  {
    title: 'Administración',
    places: [
      { to: '/ajustes/sistema', text: 'Ajustes', icon: icons.IconSettings, needs: 'admin', key: 'a' },
      { to: '/ajustes/usuarios', text: 'Cuentas', icon: icons.IconUserCheck, needs: 'admin' },
      { to: '/ajustes/perfil', text: 'Mi cuenta', icon: icons.IconUser },
      { to: '/ajustes/claves', text: 'Claves API', icon: icons.IconKey },
      { to: '/auditoria', text: 'Auditoría', icon: icons.IconHistory, needs: 'admin' },
      { to: '/accesos', text: 'Accesos', icon: icons.IconLock, needs: 'admin' },
      { to: '/trabajos', text: 'Trabajos', icon: icons.IconRotateClockwise, needs: 'admin' },
      { to: '/errores', text: 'Errores', icon: icons.IconBug, needs: 'admin' },
    ],
  },
];
