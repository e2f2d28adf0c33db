import { Menu } from '@mantine/core';

const formats = [['yaml', 'YAML'], ['xlsx', 'Excel (XLSX)']] as const;

/** A category as a file, for a menu. */
export function ExportItems({ slug }: { slug: string }) {
  return formats.map(([format, text]) => (
    <Menu.Item key={format} component="a" href={`/api/tariffs/categories/${slug}/export?format=${format}`} download={`${slug}.${format}`}>
      {text}
    </Menu.Item>
  ));
}
