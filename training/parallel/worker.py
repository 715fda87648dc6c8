"""The process of one more device: it gets shares of batches through a pipe until it is told to end."""

from __future__ import annotations

import os
import signal
import threading
import traceback
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Job:
    """What a worker needs to have the same network as the process that started it. All of it can be pickled."""

    rank: int
    world: int
    store: Path
    device: str
    threads: int
    seed: int
    policy: str
    kind: type[Any]
    config: dict[str, Any]
    weights: list[NDArray[Any]]
    losses: dict[str, Any]
    """By output: a function, or a serialised ``keras.losses.Loss``."""
    optimizer: dict[str, Any]
    optimizer_state: list[NDArray[Any]]


@dataclass(frozen=True)
class Share:
    """A worker's rows of a batch, and what part of the batch's rows they are."""

    inputs: NDArray[np.float32]
    targets: dict[str, NDArray[np.float32]]
    part: float


@dataclass(frozen=True)
class Failure:
    """Sent back by a worker that cannot go on."""

    text: str


def work(job: Job, pipe: Connection) -> None:
    """Train on each ``Share`` that comes; send the weights back when told "weights"; end on None or a closed pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the first process decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        _work(job, pipe)
    except EOFError:
        pass
    except Exception:
        pipe.send(Failure(traceback.format_exc()))
        raise SystemExit(1) from None


def _end_with_parent() -> None:
    """A worker that waits in a sum for a process that is gone would wait on."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(job: Job, pipe: Connection) -> None:
    import keras
    import torch

    import training.layers  # noqa: F401  # registers the layers that the configuration names
    from training.parallel.collective import join, leave
    from training.parallel.step import step_on_share

    torch.set_num_threads(job.threads)
    join(job.store, job.rank, job.world, job.device)
    keras.utils.set_random_seed(job.seed + job.rank)
    keras.config.set_dtype_policy(job.policy)
    model = job.kind.from_config(job.config)
    model.set_weights(job.weights)
    losses = {
        name: keras.losses.deserialize(loss) if isinstance(loss, dict) else loss for name, loss in job.losses.items()
    }
    model.compile(keras.optimizers.deserialize(job.optimizer), losses)
    model.optimizer.build(model.trainable_variables)
    for variable, value in zip(model.optimizer.variables, job.optimizer_state, strict=True):
        variable.assign(value)
    while (order := pipe.recv()) is not None:
        if isinstance(order, Share):
            step_on_share(model, order.inputs, order.targets, order.part)
        else:
            pipe.send(model.get_weights())
    leave()
