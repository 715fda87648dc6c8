"""What the processes of a run compute together: the mean over a batch of which each has a share."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

PATIENCE = datetime.timedelta(minutes=10)
"""How long one process waits for another in a sum before the run ends; a step takes seconds at most."""


def join(store: Path, rank: int, world: int, device: str) -> None:
    """Enter the group of ``world`` processes that meet at the file ``store``; all of them must, for it to return.

    Args:
        store: A path at which there is no file yet, the same for all.
        rank: Of this process, from 0.
        world: How many there are.
        device: ``cpu`` (sums by gloo, over the loopback interface) or ``cuda`` (by nccl; this process gets the device
            of its rank).
    """
    if device == "cuda":
        torch.cuda.set_device(rank)
    else:
        # Without this gloo looks for the interface of the host's name, which need not be known to any resolver.
        os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo0" if sys.platform == "darwin" else "lo")
    dist.init_process_group(
        "nccl" if device == "cuda" else "gloo",
        init_method=store.absolute().as_uri(),
        rank=rank,
        world_size=world,
        timeout=PATIENCE,
    )


def leave() -> None:
    """Leave the group, if this process is in one."""
    if joined():
        dist.destroy_process_group()


def joined() -> bool:
    """Whether this process trains together with others."""
    return dist.is_available() and dist.is_initialized()


class _Normal(torch.autograd.Function):
    """Batch normalisation over axis 1 with the statistics of all shares. See ``normalise``."""

    @staticmethod
    def forward(
        ctx: Any, x: torch.Tensor, gamma: torch.Tensor | None, beta: torch.Tensor | None, epsilon: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        axes = [0, *range(2, x.dim())]
        count = x.numel() // x.shape[1]
        variance, mean = torch.var_mean(x.float(), axes, correction=0)
        # In doubles, for a variance from sums of squares loses digits in floats.
        mean, variance = mean.double(), variance.double()
        sums = torch.cat([count * mean, count * (variance + mean.square()), mean.new_tensor([count])])
        dist.all_reduce(sums)
        channels = len(mean)
        total = sums[-1]
        mean = sums[:channels] / total
        variance = (sums[channels:-1] / total - mean.square()).clamp_min(0)
        inverse = (variance + epsilon).rsqrt().float()
        shape = (1, channels, *[1] * (x.dim() - 2))
        normal = (x.float() - mean.float().view(shape)) * inverse.view(shape)
        ctx.save_for_backward(normal, inverse, gamma)
        ctx.total, ctx.shape, ctx.axes, ctx.kind = total.float(), shape, axes, x.dtype
        ctx.has_beta = beta is not None
        mean, variance = mean.float(), variance.float()
        ctx.mark_non_differentiable(mean, variance)
        scaled = normal if gamma is None else normal * gamma.view(shape)
        return (scaled if beta is None else scaled + beta.view(shape)).to(x.dtype), mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        normal, inverse, gamma = ctx.saved_tensors
        outer = gradients[0].float()
        own = torch.cat([outer.sum(ctx.axes), (outer * normal).sum(ctx.axes)])
        sums = own.clone()
        dist.all_reduce(sums)
        channels = len(inverse)
        shift, slope = ((part / ctx.total).view(ctx.shape) for part in (sums[:channels], sums[channels:]))
        scale = (inverse if gamma is None else inverse * gamma).view(ctx.shape)
        inner = (scale * (outer - shift - normal * slope)).to(ctx.kind)
        # Of gamma and beta the own part alone: the gradients of all weights are summed over the processes later.
        return inner, None if gamma is None else own[channels:], own[:channels] if ctx.has_beta else None, None


def normalise(
    x: torch.Tensor, gamma: torch.Tensor | None, beta: torch.Tensor | None, epsilon: float
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Batch normalisation with mean and variance over the whole batch, of which this process has a share.

    S. Ioffe, C. Szegedy, "Batch Normalization", ICML 2015, algorithm 1, its sums taken over all processes. (PyTorch's
    ``SyncBatchNorm`` does this on CUDA only.)

    Args:
        x: Share x channels x ...
        gamma: Scale of each channel, or None.
        beta: Offset of each channel, or None.
        epsilon: Added to the variance.

    Returns:
        The normalised share, and the batch's mean and biased variance for each channel.
    """
    normal, mean, variance = _Normal.apply(x, gamma, beta, epsilon)  # type: ignore[no-untyped-call]
    return normal, mean, variance


def sum_up(tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """Sum each tensor over all processes, in one message."""
    flat = torch.cat([tensor.reshape(-1).float() for tensor in tensors])
    dist.all_reduce(flat)
    parts = flat.split([tensor.numel() for tensor in tensors])  # type: ignore[no-untyped-call]
    return [part.view_as(tensor).to(tensor.dtype) for part, tensor in zip(parts, tensors, strict=True)]
