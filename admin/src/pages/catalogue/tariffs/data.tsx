import { Card } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';

import { CategoryForm } from './categoryform';
import { CategoryTab } from './frame';

export default function CategoryData() {
  const navigate = useNavigate();
  return (
    <CategoryTab title="Datos de la categoría">
      {(category) => (
        <Card withBorder maw={720}>
          <CategoryForm
            key={category.id} category={category}
            onSaved={(saved) => { if (saved.slug !== category.slug) void navigate({ to: `/tarifas/${saved.slug}/datos`, replace: true }); }}
          />
        </Card>
      )}
    </CategoryTab>
  );
}
