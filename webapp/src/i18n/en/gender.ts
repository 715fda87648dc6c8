/** Why a gender is not shown. */
export const gender = {
  'gender.withheld': 'not shown under {years}',
} as const;
