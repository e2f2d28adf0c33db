/** The server's words are English, for developers; here they are said to staff. What has no words of ours stays as it is. */

const problems: Record<string, string> = {
  cross_origin: 'Otra página no puede hacer esto en su nombre.',
  element_code_taken: 'Ese código ya lo tiene otro elemento de la categoría.',
  element_cycle: 'Un elemento no puede ser variante de sí mismo.',
  element_in_use: 'El elemento está en uso.',
  element_not_found: 'El elemento no existe o se ha borrado.',
  field_in_use: 'El campo está en uso: una condición depende de él.',
  field_key_taken: 'Esa clave ya la tiene otro campo del elemento.',
  field_not_found: 'El campo no existe o se ha borrado.',
  forbidden: 'Su cuenta no puede hacer esto.',
  image_in_use: 'El catálogo muestra esta imagen: quítela antes de ahí.',
  image_not_found: 'La imagen no existe o se ha borrado.',
  incomplete_order: 'La lista ha cambiado mientras tanto. Vuelva a ordenarla.',
  invalid_order: 'La lista ha cambiado mientras tanto. Vuelva a ordenarla.',
  invalid_request: 'Revise los campos marcados.',
  invalid_element: 'Revise los campos marcados.',
  invalid_field: 'Revise los campos marcados.',
  invalid_photo: 'Revise los campos marcados.',
  invalid_rule: 'Revise los campos marcados.',
  invalid_pattern: 'La expresión regular no es válida.',
  condition_cycle: 'Las condiciones forman un círculo.',
  photo_code_taken: 'Ese código ya lo tiene otra foto del elemento.',
  photo_not_found: 'La foto no existe o se ha borrado.',
  rule_name_taken: 'Ya hay una regla con ese nombre.',
  rule_not_found: 'La regla no existe o se ha borrado.',
  too_many: 'Ya hay demasiados.',
  too_many_rules: 'Ya hay demasiadas reglas.',
  version_mismatch: 'Otra persona lo ha cambiado mientras tanto.',
};

// Sentences that name what is in the way; they win over those by code.
const sentences: [RegExp, string][] = [
  [/^(\S+) is on the list of (.+), where no generic element can be: take it off first\.$/, '$1 está en la lista de $2, donde no cabe un elemento genérico: quítelo antes de ahí.'],
  [/^(\S+) triggers the warning (.+), which a generic element cannot: .*$/, '$1 dispara la advertencia $2, y un elemento genérico no puede: quite antes el disparador.'],
  [/^(\S+) cannot be deleted while the warning (\S+) is triggered by it\.$/, '$1 no se puede borrar mientras dispare la advertencia $2.'],
  [/^(\S+) cannot be deleted while it decides whether (.+) is asked for\.$/, '$1 no se puede borrar mientras decida si se pide $2.'],
  [/^An element cannot be a variant of itself: (.*)\.$/, 'Un elemento no puede ser variante de sí mismo: $1.'],
];

const details: [RegExp, string][] = [
  // Of the contract, for any field.
  [/^(?:property "[^"]*" is missing|is required|must not be empty)$/, 'Hace falta.'],
  [/^minimum string length is 1$/, 'No puede quedar vacío.'],
  [/^minimum string length is (\d+)$/, 'Al menos $1 caracteres.'],
  [/^maximum string length is (\d+)$/, 'Como mucho $1 caracteres.'],
  [/^minimum number of items is (\d+)$/, 'Al menos $1.'],
  [/^maximum number of items is (\d+)$/, 'Como mucho $1.'],
  [/^number must be at least (\S+)$/, 'No puede ser menor que $1.'],
  [/^number must be at most (\S+)$/, 'No puede ser mayor que $1.'],
  [/^string doesn't match the regular expression "\\S"$/, 'No puede quedar vacío.'],
  [/^string doesn't match the regular expression/, 'No tiene la forma que debe.'],
  [/^value is not one of the allowed values/, 'Elija uno de la lista.'],
  [/^value must be an? integer$/, 'Tiene que ser un número entero.'],
  [/^value must be an? number$/, 'Tiene que ser un número.'],
  // Of elements.
  [/^is needed by a generic element$/, 'Un elemento genérico la necesita.'],
  [/^has to be 0 for a generic element/, 'Un elemento genérico no lleva suplemento: nunca se le pone precio.'],
  [/^is for inactive elements only/, 'Solo lo lleva un elemento inactivo.'],
  [/^is needed by an inactive element/, 'Hace falta: es lo que se dice a los clientes.'],
  [/^has "(.*)", which holds no word$/, '«$1» no contiene ninguna palabra.'],
  [/^has "(.*)" twice$/, '«$1» está dos veces.'],
  [/^is of no element of the category$/, 'La categoría no tiene ese elemento.'],
  [/^has "(.*)", which is of no active service of the category$/, '«$1» no es un servicio activo de la categoría.'],
  [/^makes the tree \d+ generations deep; (\d+) are the most$/, 'El árbol de variantes admite como mucho $1 niveles.'],
  // Of their fields and photos.
  [/^is for fields of type (\w+) only$/, 'No sirve para este tipo de campo.'],
  [/^begins with something that could be part of the number$/, 'Empieza por algo que se confundiría con el número.'],
  [/^is below min$/, 'Es menor que el mínimo.'],
  [/^is below min_length$/, 'Es menor que la longitud mínima.'],
  [/^is not a regular expression of RE2: (.*)$/, 'No es una expresión regular válida: $1.'],
  [/^are needed by a select$/, 'Una lista necesita opciones.'],
  [/^hold a blank one$/, 'Hay una opción en blanco.'],
  [/^hold "(.*)" twice$/, '«$1» está dos veces.'],
  [/^is not for fields of type photo$/, 'Un campo de foto no lleva ejemplo.'],
  [/^would not be taken: (.*)$/, 'El propio campo no lo aceptaría: $1'],
  [/^goes round in a circle: (.*)$/, 'Forma un círculo: $1'],
  [/^is on a field "(.*)" that the element does not have$/, 'El elemento no tiene el campo «$1».'],
  [/^on a photo can only ask whether it exists$/, 'De una foto solo se puede preguntar si está.'],
  [/^has a value that (\S+) never has: (.*)$/, 'El campo $1 nunca tiene ese valor: $2'],
  [/^is used by the field (\S+), whose \w+ then/, 'Una condición del campo $1 depende de él y dejaría de tener sentido.'],
  [/^is used by the photo (\S+), whose condition then/, 'Una condición de la foto $1 depende de él y dejaría de tener sentido.'],
  [/^cannot be true for an example/, 'Un ejemplo se enseña, no se pide.'],
  [/^has to be a picture under/, 'Tiene que ser una imagen de la biblioteca o una dirección https.'],
  // Of response rules.
  [/^has to have from (\d+) to (\d+) characters$/, 'De $1 a $2 caracteres.'],
  [/^holds a control character$/, 'Contiene un carácter que no se ve.'],
  [/^states an amount of money; .*$/, 'No puede decir precios: salen solo de las tarifas.'],
  [/^is required with the action .*$/, 'Hace falta.'],
  [/^makes no sense with the action .*$/, 'No va con esta acción.'],
  [/^it matches an empty text.*$/, 'Vale para un texto vacío: valdría para todos.'],
];

const say = (table: [RegExp, string][], text: string): string | undefined => {
  const found = table.find(([pattern]) => pattern.test(text));
  return found && text.replace(...found);
};

/** What was wrong with a request as a whole. */
export const problemInSpanish = ({ code, detail }: { code?: string; detail?: string }): string | undefined =>
  (detail && say(sentences, detail)) ?? (code && problems[code]) ?? detail;

/** What was wrong with one member of it. */
export const detailInSpanish = (detail: string): string => say(details, detail) ?? detail;
