/** When a gender is shown at all. */
import type { Face } from '../types';

/** Under this age reading, in years, children's looks say too little: the network was right in 71 % of them. */
export const MIN_AGE_FOR_GENDER = 13;

/** The gender to be shown for a face; undefined where none was read, or where the face reads as a child's. */
export function shownGender({ age, gender }: Pick<Face, 'age' | 'gender'>): Face['gender'] {
  return age !== undefined && age.years < MIN_AGE_FOR_GENDER ? undefined : gender;
}
