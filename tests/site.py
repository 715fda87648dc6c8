"""Sites that embed Mien without its page: a bare HTML file, the built module, a portrait and samples of a voice."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np

from server import ROOT
from tests.media import Samples, one_face

BARE_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Bare</title>
<link rel="icon" href="data:,">
<canvas id="picture"></canvas>
<script type="module" src="bare.js"></script>
</html>
"""

# The content security policy allows no inline script. `decode` and `samples` are what any page would write for itself.
BARE_SCRIPT = """
import {{ loadMien, MienError }} from '{module}';

async function decode(name) {{
  const bitmap = await createImageBitmap(await (await fetch(name)).blob());
  const canvas = document.querySelector('#picture');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d').drawImage(bitmap, 0, 0);
  return canvas;
}}

const samples = async (name) => new Float32Array(await (await fetch(name)).arrayBuffer());

/** What an error says, or null if there was none. */
async function fault(action) {{
  try {{
    await action();
  }} catch (error) {{
    return {{ mine: error instanceof MienError, code: error.code, message: error.message, hint: error.hint }};
  }}
  return null;
}}

Object.assign(globalThis, {{ loadMien, MienError, decode, samples, fault, ready: true }});
"""


def make_site(folder: Path, *, module_folder: str = "", page_folder: str = "") -> Path:
    """Lay out a site below `folder`: Mien's built files in one of its folders, `bare.html` in another.

    Both folders are relative to the site and end in "/", or are empty.
    """
    target = folder / module_folder
    shutil.copytree(ROOT / "webapp" / "dist", target, dirs_exist_ok=True)
    (target / "index.html").unlink()
    pages = folder / page_folder
    pages.mkdir(parents=True, exist_ok=True)
    (pages / "bare.html").write_text(BARE_PAGE)
    (pages / "bare.js").write_text(BARE_SCRIPT.format(module=f"/{module_folder}mien.js"))
    if not cv2.imwrite(str(pages / "portrait.png"), np.ascontiguousarray(one_face()[:, :, ::-1])):
        raise OSError(f"{pages / 'portrait.png'} could not be written")
    return folder


def write_samples(file: Path, samples: Samples) -> None:
    """Write samples as the raw float32 numbers that a page reads into a Float32Array."""
    file.write_bytes(samples.astype("<f4").tobytes())
