"""Arrays on their way between Python and the page; `webapp/src/testing/packed.ts` is the other end."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

DTYPES = {"uint8": np.uint8, "float32": np.float32, "float64": np.float64}


def pack(values: NDArray[Any]) -> dict[str, Any]:
    """An array as an object that JSON can hold: dtype, shape and base64 of the little-endian numbers."""
    if values.dtype.name not in DTYPES:
        raise TypeError(f"expected one of {', '.join(DTYPES)}, got {values.dtype}")
    data = base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")
    return {"dtype": values.dtype.name, "shape": list(values.shape), "data": data}


def unpack(packed: dict[str, Any]) -> NDArray[Any]:
    """The array that `pack`, here or in the page, wrote."""
    values = np.frombuffer(base64.b64decode(packed["data"]), DTYPES[packed["dtype"]])
    return values.reshape(packed["shape"])
