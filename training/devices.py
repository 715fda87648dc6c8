"""How many devices of this machine a run trains on, checked against what the backend has. Imports Keras."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import keras
import numpy as np
from numpy.typing import NDArray

from training.errors import DataError


def accelerated() -> bool:
    """Whether networks are trained on something else than the CPU here, so that its cores are free for other work."""
    if keras.backend.backend() == "torch":
        import torch

        return torch.cuda.is_available() or torch.backends.mps.is_available()
    return not all("cpu" in device.lower() for device in keras.distribution.list_devices())


def claim_devices(count: int) -> None:
    """Make ready for training on ``count`` devices; call it before the network is built.

    On JAX, Keras itself spreads each batch over them from here on (``keras.distribution.DataParallel``). On PyTorch
    ``fitting.fit`` starts a process for each further one. A CPU counts as many devices as processes are asked for on
    PyTorch; on JAX it has those that ``XLA_FLAGS`` say.

    Raises:
        DataError: the backend or the machine has not so many.
    """
    if count == 1:
        return
    backend = keras.backend.backend()
    if backend == "torch":
        import torch

        there = torch.cuda.device_count()
        if torch.backends.mps.is_available() and os.environ.get("KERAS_TORCH_DEVICE") != "cpu":
            raise DataError(
                f"--devices {count}: this machine has one graphics processor; "
                "KERAS_TORCH_DEVICE=cpu trains on its CPU, in as many processes"
            )
        if torch.cuda.is_available() and count > there:
            raise DataError(f"--devices {count}: this machine has {there} CUDA device{'s' * (there != 1)}")
        if not torch.distributed.is_available():
            raise DataError(f"--devices {count}: this build of PyTorch has no torch.distributed; install another one")
    elif backend == "jax":
        devices = keras.distribution.list_devices()
        if count > len(devices):
            raise DataError(
                f"--devices {count}: JAX sees {len(devices)} here ({', '.join(devices)}). On a CPU, "
                f"XLA_FLAGS=--xla_force_host_platform_device_count={count} makes so many virtual ones"
            )
        keras.distribution.set_distribution(keras.distribution.DataParallel(devices=devices[:count]))
    else:
        raise DataError(
            f"--devices {count}: on {backend} Mien trains on one device. "
            "Set KERAS_BACKEND=torch or KERAS_BACKEND=jax for more"
        )


def shares(rows: int, world: int) -> list[slice]:
    """Consecutive shares of a batch, as even as can be, the larger ones first.

    Raises:
        DataError: there are fewer rows than devices.
    """
    if rows < world:
        raise DataError(f"a batch of {rows} cannot be shared out among {world} devices: use --devices {max(1, rows)}")
    ends = [(rows * (rank + 1) + world - 1) // world for rank in range(world)]
    return [slice(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def sharing(model: keras.Model, rows: int, devices: int, seed: int) -> contextlib.AbstractContextManager[None]:
    """A block in which ``model.fit`` trains on ``devices`` devices, which were claimed before the model was built.

    Args:
        model: Compiled, its optimizer built.
        rows: Of a batch.
        devices: As many as were claimed.
        seed: Of the run.

    Raises:
        DataError: a batch cannot be shared out among so many.
        DeviceError: a device was lost inside the block.
    """
    if devices == 1:
        return contextlib.nullcontext()
    parts = {part.stop - part.start for part in shares(rows, devices)}
    if keras.backend.backend() == "torch":
        from training.parallel.distribute import distributed

        return distributed(model, devices, seed)
    if len(parts) > 1:
        raise DataError(
            f"--devices {devices}: JAX wants even shares, and a batch of {rows} cannot be shared out evenly"
        )
    return contextlib.nullcontext()


@contextlib.contextmanager
def unshared() -> Iterator[None]:
    """A block in which any number of rows may be predicted, whatever devices are claimed.

    JAX would share the rows out among them, and refuse a last batch without even shares.
    """
    claimed = keras.distribution.distribution()
    keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(claimed)


def predict(model: keras.Model, inputs: NDArray[np.float32], batch: int) -> dict[str, NDArray[np.float32]]:
    """What a network gives for each row, by output name, ``batch`` rows at a time."""
    with unshared():
        outputs = model.predict(inputs, batch_size=batch, verbose=0)
    return {name: np.asarray(values) for name, values in outputs.items()}
