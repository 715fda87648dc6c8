"""The conditions under which the page is measured from frame to figure, and their frames as files."""

from dataclasses import dataclass
from pathlib import Path

from training.frames import Condition, encoded, make_frame
from training.pictures import read_picture

PLAIN = Condition("plain, face of 240 px")
"""Half of the frame's height: a head before a laptop."""

ON_GREY = Condition("on flat grey", grey=True)
"""The frame of the comparison with other products, for which the bar of faces found was set (DESIGN section 6)."""

CONDITIONS = (
    PLAIN,
    ON_GREY,
    Condition("face of 80 px", face=80),
    Condition("face of 160 px", face=160),
    Condition("face of 320 px", face=320),
    Condition("turned by +20°", degrees=20),
    Condition("turned by -20°", degrees=-20),
    Condition("darkened to 40 %", light=0.4),
    Condition("JPEG quality 40", jpeg_quality=40),
)

WHOLE = (PLAIN, ON_GREY)
"""Under these all pictures of the test split are read, under the others a part."""


@dataclass(frozen=True)
class Frame:
    """A picture's file under a condition; reads like the file of the frame."""

    path: Path
    condition: Condition

    def read_bytes(self) -> bytes:
        """The file of the frame.

        Raises:
            PictureError: the picture does not decode.
        """
        return encoded(make_frame(read_picture(self.path), self.condition), self.condition)

    def __str__(self) -> str:
        return f"{self.path} ({self.condition.name})"
