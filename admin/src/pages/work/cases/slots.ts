import type { Case, CaseFile, CaseFilePlace } from '@msia/client';

/** Where a photo or paper belongs. */
export type Slot = CaseFilePlace & {
  title: string;
  instruction: string | null;
  /** The catalogue's example of it. */
  example: string | null;
  required: boolean;
  files: CaseFile[];
};

export type SlotGroup = { key: string; title: string; slots: Slot[] };

export type SlotState = 'missing' | 'again' | 'pending' | 'accepted' | 'optional';

/** How a slot stands: what is good enough decides, else what waits for a review, else what was rejected. */
export function slotState(slot: Slot): SlotState {
  const reviews = slot.files.map((f) => f.review);
  if (reviews.includes('pending')) return 'pending';
  if (reviews.includes('accepted')) return 'accepted';
  if (reviews.includes('rejected')) return 'again';
  return slot.required ? 'missing' : 'optional';
}

/** Every place of a case with its files: the papers, then element by element, then what belongs nowhere yet. */
export function slotGroups(c: Case): SlotGroup[] {
  const placed = new Set<string>();
  const filesOf = (element: string | null, slot: string | null) => {
    const files = c.files.filter((f) => f.element_code === element && f.slot_code === slot);
    for (const f of files) placed.add(f.id);
    return files;
  };
  const groups: SlotGroup[] = [];
  if (c.documents.length > 0) {
    groups.push({
      key: 'documents', title: 'Documentación',
      slots: c.documents.map((d) => ({
        element_code: null, slot_code: d.code, title: d.description, instruction: null, example: null, required: d.required, files: filesOf(null, d.code),
      })),
    });
  }
  for (const element of c.elements) {
    const slots: Slot[] = element.photos.filter(({ slot }) => slot.kind !== 'example').flatMap(({ slot, applies }) => {
      const files = filesOf(element.code, slot.code);
      if (!applies && files.length === 0) return [];
      return [{ element_code: element.code, slot_code: slot.code, title: slot.title, instruction: slot.instruction, example: slot.image_url, required: applies && slot.required, files }];
    });
    const unsorted = filesOf(element.code, null);
    if (unsorted.length > 0) slots.push({ element_code: element.code, slot_code: null, title: 'Sin ordenar', instruction: null, example: null, required: false, files: unsorted });
    if (slots.length > 0) groups.push({ key: element.code, title: element.quantity > 1 ? `${element.name} (${element.quantity})` : element.name, slots });
  }
  const rest = c.files.filter((f) => !placed.has(f.id));
  if (rest.length > 0) {
    groups.push({ key: '', title: 'Sin colocar', slots: [{ element_code: null, slot_code: null, title: 'No se sabe de qué son', instruction: 'Hay que moverlas a donde correspondan.', example: null, required: false, files: rest }] });
  }
  return groups;
}

/** All files in the order in which they are shown and reviewed, each with its slot. */
export const inOrder = (groups: SlotGroup[]): { file: CaseFile; slot: Slot; group: SlotGroup }[] =>
  groups.flatMap((group) => group.slots.flatMap((slot) => slot.files.map((file) => ({ file, slot, group }))));
