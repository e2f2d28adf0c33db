import { updateElement } from '@msia/client';
import { useQueryClient } from '@tanstack/react-query';

import { useMay } from '@/lib/account';
import { ifMatch } from '@/lib/client';
import { refresh } from '@/lib/queries';
import { EntityForm, useEntityForm } from '@/parts/form';
import { Waiting } from '@/parts/states';

import { type ElementContext, elementReads } from './data';
import { ElementFields } from './form';
import { ElementPage } from './frame';
import { checkElement, elementLabels, readElement, writeElement } from './values';

export default function ElementDetail() {
  return <ElementPage>{(context) => (context.category ? <Form key={context.element.id} {...context} /> : <Waiting />)}</ElementPage>;
}

function Form({ element, category, others, reload }: ElementContext) {
  const queries = useQueryClient();
  const mayWrite = useMay('editor');
  const entity = useEntityForm({
    initial: readElement(element), version: element.version, saved: 'Elemento guardado.', validate: checkElement,
    save: async (values, version) => (await updateElement({ path: { element_id: element.id }, headers: version ? ifMatch(version) : {}, body: writeElement(values), throwOnError: true })).data,
    onSaved: () => refresh(queries, ...elementReads),
  });
  const fields = <ElementFields entity={entity} category={category!} others={others} element={element} readOnly={!mayWrite} />;
  return mayWrite ? <EntityForm entity={entity} reload={reload} labels={elementLabels} read={readElement}>{fields}</EntityForm> : fields;
}
