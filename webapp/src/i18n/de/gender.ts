/** Why a gender is not shown. */
export const gender = {
  'gender.withheld': 'unter {years} nicht gezeigt',
} as const;
