/** What of a reading the page shows. */

import type { Face } from '../types';

/**
 * Under an age reading of so many years the page shows no gender: children's faces tell too little of it (the figures by
 * age in the model's card say how little), and a label on a child helps nobody.
 */
export const MIN_AGE_FOR_GENDER = 13;

/** Whether a gender is withheld because of the age that is read. */
export function genderWithheld({ age }: Pick<Face, 'age'>): boolean {
  return age !== undefined && age.years < MIN_AGE_FOR_GENDER;
}

/** The gender to be shown for a face; undefined where none was read, or where it is withheld. */
export function shownGender(face: Pick<Face, 'age' | 'gender'>): Face['gender'] {
  return genderWithheld(face) ? undefined : face.gender;
}

/** The face as the page shows, records and exports it. */
export function asShown(face: Face): Face {
  if (!genderWithheld(face)) return face;
  const shown = { ...face };
  delete shown.gender;
  return shown;
}
