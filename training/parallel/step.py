"""One step of training on a share of a batch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import torch
from numpy.typing import NDArray

from training.parallel.collective import sum_up


def step_on_share(model: keras.Model, inputs: Any, targets: dict[str, Any], part: float) -> NDArray[np.float32]:
    """Train on a share, together with the other processes; all of them come to the same weights.

    Args:
        model: Compiled and built.
        inputs: This process's rows.
        targets: Likewise, by output name.
        part: The share's rows over the batch's rows.

    Returns:
        The loss of the whole batch.
    """
    device = next(iter(model.weights)).value.device
    inputs = torch.as_tensor(inputs, device=device)
    targets = {name: torch.as_tensor(values, device=device) for name, values in targets.items()}
    model.zero_grad()
    outputs = model(inputs, training=True)
    # The mean over the batch is the sum of the shares' means, each times its part of the rows.
    loss = part * model.compute_loss(x=inputs, y=targets, y_pred=outputs, training=True)
    model.optimizer.scale_loss(loss).backward()
    weights = model.trainable_weights[:]
    own = [torch.zeros_like(w.value) if w.value.grad is None else w.value.grad for w in weights]
    *gradients, whole = sum_up([*own, loss.detach()])
    with torch.no_grad():
        model.optimizer.apply(gradients, weights)
    value: NDArray[np.float32] = whole.cpu().numpy()
    return value
