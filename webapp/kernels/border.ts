/** The border of zeros around pictures, which convolutions read instead of asking at each pixel where they are. */

/** Distances are in bytes. */
@unmanaged
class Border {
  /** The corner of the first picture, its border included. */
  output: usize;
  pictures: i32;
  picture: i32;
  row: i32;
  pixel: i32;
  /** Of the picture within. */
  height: i32;
  width: i32;
  /** Of the border. */
  top: i32;
  left: i32;
  bottom: i32;
  right: i32;
}

export function border(at: usize): void {
  const b = changetype<Border>(at);
  for (let picture = 0; picture < b.pictures; picture++) {
    let row = b.output + picture * b.picture;
    memory.fill(row, 0, b.top * b.row);
    row += b.top * b.row;
    for (let y = 0; y < b.height; y++) {
      memory.fill(row, 0, b.left * b.pixel);
      memory.fill(row + (b.left + b.width) * b.pixel, 0, b.right * b.pixel);
      row += b.row;
    }
    memory.fill(row, 0, b.bottom * b.row);
  }
}
