import type { Case, CaseMissing } from '@msia/client';

const sectionNames: Record<string, string> = { personal: 'Datos personales', vehicle: 'Vehículo', dimensions: 'Plazas y medidas', workshop: 'Taller' };

/** What a section is called for staff; its title is worded for the customer. */
export const sectionName = (section: { key: string; title: string }): string => sectionNames[section.key] ?? section.title;

export type MissingGroup = { title: string; tab: 'datos' | 'imagenes'; items: CaseMissing[] };

/** What is missing, by where it is missing, in the case's order. */
export function missingGroups(c: Case): MissingGroup[] {
  const groups = new Map<string, MissingGroup>();
  for (const item of c.missing) {
    const section = c.sections.find((s) => s.key === item.section);
    const title = item.kind === 'document' ? 'Documentación' : section ? sectionName(section) : item.section;
    const tab = item.kind === 'field' ? 'datos' : 'imagenes';
    const group = groups.get(`${tab} ${title}`) ?? { title, tab, items: [] };
    group.items.push(item);
    groups.set(`${tab} ${title}`, group);
  }
  return [...groups.values()];
}

/** What a person has to do about the case now, in one sentence. */
export function nextAction(c: Case, unreviewed: number): string {
  switch (c.status) {
    case 'collecting':
    case 'pending_images':
      return c.missing.length > 0 ? 'Esperar a que el cliente mande lo que falta, o completarlo aquí.' : 'Está todo: falta que el cliente lo confirme.';
    case 'pending_review':
      return unreviewed > 0 ? `Revisar ${unreviewed === 1 ? 'la imagen' : `las ${unreviewed} imágenes`} y empezar a trabajar.` : 'Empezar a trabajar, o devolverlo al cliente si falta algo.';
    case 'in_progress':
      return unreviewed > 0 ? `Revisar ${unreviewed === 1 ? 'la imagen' : `las ${unreviewed} imágenes`}.` : c.missing.length > 0 ? 'Esperar a lo que se ha vuelto a pedir.' : 'Tramitarlo y, cuando esté, resolverlo.';
    case 'resolved':
      return 'Nada: está resuelto.';
    case 'cancelled':
      return 'Nada: está cancelado.';
    case 'abandoned':
      return 'El cliente dejó de contestar. Se puede retomar.';
  }
}
