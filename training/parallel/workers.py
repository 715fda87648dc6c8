"""Starts the processes of the further devices, hands them their shares, and ends the run if one of them is lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FunctionType
from typing import Any

import keras
import numpy as np
import torch
from numpy.typing import NDArray

from training.devices import shares
from training.errors import DeviceError
from training.parallel.collective import join, leave
from training.parallel.step import step_on_share
from training.parallel.worker import Failure, Job, Share, work

_GRACE_SECONDS = 20.0
"""How long the first process may take to notice by itself that a worker is gone."""


class Workers:
    """The processes of devices 1, 2, ...; this one has device 0."""

    def __init__(self, processes: list[SpawnProcess], pipes: list[Connection]) -> None:
        self.processes, self._pipes = processes, pipes
        self._closing = threading.Event()

    @property
    def world(self) -> int:
        """All processes that train, this one included."""
        return 1 + len(self.processes)

    def step(self, model: keras.Model, inputs: Any, targets: dict[str, Any]) -> NDArray[np.float32]:
        """Train on one batch, each process on its share. Returns the loss of the batch."""
        inputs = keras.ops.convert_to_numpy(inputs)
        targets = {name: keras.ops.convert_to_numpy(values) for name, values in targets.items()}
        own, *others = [
            Share(
                inputs[rows], {name: values[rows] for name, values in targets.items()}, len(inputs[rows]) / len(inputs)
            )
            for rows in shares(len(inputs), self.world)
        ]
        for pipe, share in zip(self._pipes, others, strict=True):
            pipe.send(share)
        return step_on_share(model, own.inputs, own.targets, own.part)

    def weights(self) -> list[list[NDArray[Any]]]:
        """The weights that each worker has: the same as here, if all is well."""
        for pipe in self._pipes:
            pipe.send("weights")
        return [pipe.recv() for pipe in self._pipes]

    def watch(self) -> None:
        """End this process if a worker is lost and the sums do not fail by themselves, as those of nccl may not."""
        wait([process.sentinel for process in self.processes])
        if not self._closing.wait(_GRACE_SECONDS):
            print(f"mien-train: {self.lost()}", file=sys.stderr, flush=True)
            os._exit(1)

    def lost(self) -> str | None:
        """What became of workers that ended by themselves; None where all of them run."""
        wait([process.sentinel for process in self.processes], timeout=5)
        texts = []
        for rank, (process, pipe) in enumerate(zip(self.processes, self._pipes, strict=True), start=1):
            if process.exitcode is None:
                continue
            with contextlib.suppress(EOFError, OSError):
                while pipe.poll():
                    if isinstance(said := pipe.recv(), Failure):
                        print(said.text, file=sys.stderr)
            how = f"signal {-process.exitcode}" if process.exitcode < 0 else f"exit code {process.exitcode}"
            texts.append(f"the process of device {rank} ended too early ({how})")
        if not texts:
            return None
        return "; ".join(texts) + ". Epochs that were finished are kept: go on with the same command and --resume"

    def close(self) -> None:
        """Have the workers end."""
        self._closing.set()
        for pipe in self._pipes:
            with contextlib.suppress(OSError):
                pipe.send(None)
        for process in self.processes:
            process.join(_GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the workers at once, whatever they do: nothing is theirs to keep."""
        self._closing.set()
        for process, pipe in zip(self.processes, self._pipes, strict=True):
            if process.pid is not None:
                process.kill()
                process.join()
            pipe.close()


@contextlib.contextmanager
def workers_for(model: keras.Model, devices: int, seed: int) -> Iterator[Workers]:
    """Start ``devices - 1`` processes with the same network as ``model``: compiled, its optimizer built.

    Raises:
        DeviceError: a worker was lost inside the block.
    """
    device = "cuda" if torch.cuda.is_available() else "cpu"
    threads = torch.get_num_threads()
    each = max(1, threads // devices) if device == "cpu" else threads
    context = multiprocessing.get_context("spawn")  # forking a process that has threads is not safe
    with tempfile.TemporaryDirectory(prefix="mien-devices-") as folder, contextlib.ExitStack() as ends:
        store = Path(folder) / "store"
        pairs = [context.Pipe() for _ in range(1, devices)]
        processes = [
            context.Process(
                target=work, args=(_job(model, rank, devices, store, device, each, seed), theirs), daemon=True
            )
            for rank, (_, theirs) in enumerate(pairs, start=1)
        ]
        workers = Workers(processes, [ours for ours, _ in pairs])
        ends.callback(torch.set_num_threads, threads)
        ends.callback(leave)
        ends.callback(workers.kill)
        for process, (_, theirs) in zip(processes, pairs, strict=True):
            process.start()
            theirs.close()
        threading.Thread(target=workers.watch, daemon=True).start()
        try:
            torch.set_num_threads(each)
            join(store, 0, devices, device)
            numbers = ", ".join(str(process.pid) for process in processes)
            print(f"{devices} devices ({device}); the further ones have processes {numbers}", flush=True)
            yield workers
            workers.close()
        except (RuntimeError, OSError, EOFError) as error:
            if (lost := workers.lost()) is not None:
                raise DeviceError(lost) from error
            raise


def _job(model: keras.Model, rank: int, world: int, store: Path, device: str, threads: int, seed: int) -> Job:
    return Job(
        rank=rank,
        world=world,
        store=store,
        device=device,
        threads=threads,
        seed=seed,
        policy=keras.config.dtype_policy().name,
        kind=type(model),
        config=model.get_config(),
        weights=model.get_weights(),
        losses={
            name: loss if isinstance(loss, FunctionType) else keras.losses.serialize(loss)
            for name, loss in model.loss.items()
        },
        optimizer=keras.optimizers.serialize(model.optimizer),
        optimizer_state=[np.asarray(keras.ops.convert_to_numpy(value)) for value in model.optimizer.variables],
    )
