/** The names of the views. */
export const views = {
  'views.session': 'Session',
  'views.files': 'Files',
  'views.about': 'About',
} as const;
