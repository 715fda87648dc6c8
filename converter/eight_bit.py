"""Kernels in few levels of eight bits (see `training.kernel_levels`), as files.

The networks compute in float32 all the same. Kernels are rounded in Keras, before anything is computed or converted, so
that Python's outputs are those of the weights that ship; training rounds them best (see `training.rounding`), and such
ones are left as they are. Folding a batch normalisation afterwards scales each output channel and so leaves the levels
as they are: writing them down loses no more.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.kernel_levels import from_levels, to_levels

Array = NDArray[Any]

TASKS = frozenset({"face-emotion", "face-age-gender", "speech-emotion"})
"""Whose kernels ship in eight bits. What that costs the faces, `mien-verify` measures. The speech figures are those of
the networks of the folds, which do not ship; their kernels rounded alike, UAR was 0.684 instead of 0.686, and 0.638
instead of 0.640 after a microphone. The others are small."""

STORED = "int8"
"""The `dtype` of a `quantization` in `model.json`; plain TensorFlow.js does not know it and says so."""

_KERNEL_OPERATORS = frozenset({"Conv2D", "_FusedConv2D", "MatMul", "_FusedMatMul"})


def round_kernels(network: Any) -> None:
    """Rounds the kernels of a Keras network's convolutions and dense layers, depthwise ones aside, to their nearest
    levels, in place."""
    import keras

    for layer in network._flatten_layers():
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            layer.kernel.assign(from_levels(*to_levels(np.asarray(layer.kernel))))


def pack(folder: Path, model_file: str, *, eight_bit: bool, half: bool = True) -> None:
    """Rewrites a graph model's float32 weights in place: kernels in eight bits if asked, the others in float16 unless
    ``half`` is False.

    In the shard an eight-bit weight is its float32 scales and then its levels, row by row; in `model.json` its
    `quantization` is ``{"dtype": "int8", "original_dtype": "float32"}``.
    """
    path = folder / model_file
    model = json.loads(path.read_text(encoding="utf-8"))
    kernels = _kernels(model) if eight_bit else set()
    (group,) = model["weightsManifest"]
    (shard,) = group["paths"]
    data = (folder / shard).read_bytes()
    packed, start = [], 0
    for entry in group["weights"]:
        kind = np.dtype(entry["dtype"]).newbyteorder("<")
        count = int(np.prod(entry["shape"], dtype=np.int64))
        value = np.frombuffer(data, kind, count, start).reshape(entry["shape"])
        start += count * kind.itemsize
        if entry["name"] in kernels:
            scales, levels = to_levels(value)
            packed += [scales.astype("<f4").tobytes(), levels.tobytes()]
            entry["quantization"] = {"dtype": STORED, "original_dtype": "float32"}
        elif half and entry["dtype"] == "float32":
            packed.append(value.astype("<f2").tobytes())
            entry["quantization"] = {"dtype": "float16", "original_dtype": "float32"}
        else:
            packed.append(value.tobytes())
    (folder / shard).write_bytes(b"".join(packed))
    path.write_text(json.dumps(model, separators=(",", ":"), sort_keys=True), encoding="utf-8")


def unpack(entry: Mapping[str, Any], data: bytes, start: int) -> tuple[Array, int]:
    """The eight-bit weight of a manifest's entry that begins at byte ``start``, and the byte after it."""
    shape = tuple(entry["shape"])
    scales = np.frombuffer(data, "<f4", shape[-1], start)
    first = start + scales.nbytes
    levels = np.frombuffer(data, np.int8, int(np.prod(shape)), first).reshape(shape)
    return from_levels(scales, levels), first + levels.nbytes


def _kernels(model: Mapping[str, Any]) -> set[str]:
    """Constants that are the kernel of a convolution or a matrix product, output channels last, and nothing else."""
    nodes = model["modelTopology"]["node"]
    used: dict[str, set[bool]] = {}
    for node in nodes:
        for place, name in enumerate(node.get("input", [])):
            turned = node.get("attr", {}).get("transpose_b", {}).get("b", False)
            used.setdefault(name, set()).add(node["op"] in _KERNEL_OPERATORS and place == 1 and not turned)
    return {node["name"] for node in nodes if node["op"] == "Const" and used.get(node["name"]) == {True}}
