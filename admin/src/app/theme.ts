import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const marine: MantineColorsTuple = [
  '#eaf3fc', '#d3e3f5', '#a4c6ec', '#72a7e3', '#4a8cdb', '#317cd7', '#2374d6', '#1563be', '#0b58ab', '#1b4f8a',
];

export const theme = createTheme({
  primaryColor: 'marine',
  primaryShade: { light: 9, dark: 8 },
  colors: { marine },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.25rem' }, h3: { fontSize: '1.05rem' } } },
  // By name: what is imported here would be part of the first load.
  components: {
    // Codes and keywords must look as they are written, and never be cut.
    Badge: { defaultProps: { tt: 'none', variant: 'light', radius: 'sm' }, styles: { label: { overflow: 'visible' }, root: { flexShrink: 0 } } },
    Button: { defaultProps: { loaderProps: { 'aria-label': 'Trabajando' } } },
    ActionIcon: { defaultProps: { variant: 'subtle', size: 'lg' } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true } },
    Table: { defaultProps: { verticalSpacing: 'xs' } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Cerrar' } } },
    // Of the dialog, and no banner of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Drawer: { defaultProps: { closeButtonProps: { 'aria-label': 'Cerrar' } } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Cerrar el aviso' } } },
    Switch: { defaultProps: { withThumbIndicator: false } },
  },
});

// Mantine's own error, dimmed and placeholder colours are too pale for AA.
export const cssVariables: CSSVariablesResolver = (t) => ({
  variables: {},
  light: {
    '--mantine-color-error': t.colors.red[9],
    '--mantine-color-dimmed': t.colors.gray[7],
    '--mantine-color-placeholder': t.colors.gray[7],
    '--mantine-color-red-filled': t.colors.red[9],
    '--mantine-color-red-filled-hover': '#a51f1f',
    '--mantine-color-red-light-color': '#a51f1f',
    '--mantine-color-green-light-color': '#1c6b2e',
    '--mantine-color-yellow-light-color': '#7a4d00',
    '--mantine-color-orange-light-color': '#9c3d04',
    '--mantine-color-blue-light-color': '#125a9c',
    '--mantine-color-gray-light-color': t.colors.gray[8],
    '--mantine-color-teal-light-color': '#07614a',
    '--mantine-color-violet-light-color': '#5a33c0',
    '--mantine-color-red-text': t.colors.red[9],
  },
  dark: {
    '--mantine-color-error': t.colors.red[4],
    '--mantine-color-dimmed': t.colors.dark[1],
    '--mantine-color-placeholder': t.colors.dark[1],
    '--mantine-color-anchor': t.colors.marine![3],
    '--mantine-color-red-filled': t.colors.red[9],
    '--mantine-color-red-text': t.colors.red[4],
  },
});
