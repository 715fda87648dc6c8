/** The names of the views. */
export const views = {
  'views.session': 'Sitzung',
  'views.files': 'Dateien',
  'views.about': 'Über',
} as const;
