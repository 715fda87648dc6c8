"""Keras layers that the three networks share.

Four of them replace Keras's own for speed on PyTorch alone, where Keras 3.15 copies every tensor to channels-first
order and back around a convolution or a pooling, and composes batch normalisation from ten operations. Weights and
results are those of the layers that they derive from (tested); other backends run the inherited code.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops


def _on_torch() -> bool:
    return bool(keras.backend.backend() == "torch")


def _shared() -> bool:
    """Whether this process trains on a share of each batch (``training.parallel``)."""
    import torch

    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _channels_first(x: Any) -> Any:
    """A view, not a copy: PyTorch's kernels work on channels-last memory behind it."""
    rank = len(x.shape)
    return x.permute(0, rank - 1, *range(1, rank - 1))


def _channels_last(x: Any) -> Any:
    return x.permute(0, *range(2, len(x.shape)), 1)


@keras.saving.register_keras_serializable(package="mien")
class Conv2D(keras.layers.Conv2D):
    """``keras.layers.Conv2D``, channels last, without its copies on PyTorch."""

    def call(self, inputs: Any) -> Any:
        """Convolve ``inputs`` (batch, height, width, channels)."""
        if not _on_torch():
            return super().call(inputs)
        import torch

        x = _channels_first(inputs)
        if self.padding == "same":
            # TensorFlow's rule: what the stride leaves over is padded, the odd pixel at the end.
            sides = [
                max((-(-size // step) - 1) * step + kernel - size, 0)
                for size, step, kernel in zip(x.shape[:1:-1], self.strides[::-1], self.kernel_size[::-1], strict=True)
            ]
            pads = [pad for side in sides for pad in (side // 2, side - side // 2)]
            symmetric = pads[0::2] == pads[1::2]
            padding = tuple(pads[-2::-2]) if symmetric else (0, 0)
            if not symmetric:
                x = torch.nn.functional.pad(x, pads)
        else:
            padding = (0, 0)
        kernel = _kernel_first(self.kernel.value)
        bias = self.bias.value if self.use_bias else None
        x = torch.nn.functional.conv2d(x, kernel, bias, stride=self.strides, padding=padding, groups=self.groups)
        return self.activation(_channels_last(x))


def _kernel_first(kernel: Any) -> Any:
    """Height, width, in, out to PyTorch's out, in, height, width in channels-last memory."""
    import torch

    return kernel.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)


@keras.saving.register_keras_serializable(package="mien")
class AveragePool(keras.layers.AveragePooling2D):
    """``keras.layers.AveragePooling2D``, without its copies on PyTorch; sides are multiples of the pool there."""

    def call(self, inputs: Any) -> Any:
        """Average ``inputs`` (batch, height, width, channels) over each pool."""
        whole = all(size % pool == 0 for size, pool in zip(inputs.shape[1:3], self.pool_size, strict=True))
        if not (_on_torch() and whole and tuple(self.strides) == tuple(self.pool_size)):
            return super().call(inputs)
        import torch

        return _channels_last(torch.nn.functional.avg_pool2d(_channels_first(inputs), self.pool_size))


@keras.saving.register_keras_serializable(package="mien")
class MaxPool(keras.layers.MaxPooling2D):
    """``keras.layers.MaxPooling2D`` of whole pools, as many as fit, without its copies on PyTorch."""

    def call(self, inputs: Any) -> Any:
        """Take the greatest of each pool of ``inputs`` (batch, height, width, channels)."""
        if not (_on_torch() and self.padding == "valid" and tuple(self.strides) == tuple(self.pool_size)):
            return super().call(inputs)
        import torch

        return _channels_last(torch.nn.functional.max_pool2d(_channels_first(inputs), self.pool_size))


@keras.saving.register_keras_serializable(package="mien")
class BatchNorm(keras.layers.BatchNormalization):
    """Batch normalisation over the last axis, by one fused kernel on PyTorch.

    Keras composes it from some ten element-wise operations there, which took most of a training step. Weights, names
    and results are those of ``keras.layers.BatchNormalization`` (tested), so that other backends use its code.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise ``inputs`` (batch, ..., channels)."""
        if not _on_torch() or (training and not self.trainable):
            return super().call(inputs, training=training, mask=mask)
        return self._fused(inputs, bool(training))

    def _fused(self, inputs: Any, training: bool) -> Any:
        import torch

        outer = _channels_first(inputs)
        mean, variance = self.moving_mean.value, self.moving_variance.value
        gamma = self.gamma.value if self.scale else None
        beta = self.beta.value if self.center else None
        if training and _shared():
            from training.parallel.collective import normalise

            normal, *batch = normalise(outer, gamma, beta, self.epsilon)
            correction = 1.0
        else:
            # With momentum 1 the kernel leaves the batch's own statistics in the two buffers that it is given.
            batch = [torch.zeros_like(mean), torch.zeros_like(variance)] if training else [mean, variance]
            normal = torch.nn.functional.batch_norm(
                outer, batch[0], batch[1], gamma, beta, training=training, momentum=1.0, eps=self.epsilon
            )
            # PyTorch reports the unbiased variance; Keras keeps the biased one.
            count = outer.numel() // outer.shape[1]
            correction = (count - 1) / count
        if training:
            with torch.no_grad():
                mean.lerp_(batch[0], 1.0 - self.momentum)
                variance.lerp_(batch[1] * correction, 1.0 - self.momentum)
        return _channels_last(normal)


@keras.saving.register_keras_serializable(package="mien")
class WindowNorm(keras.layers.Layer):
    """Makes a window's mean 0 and its standard deviation 1, over time and bands: the microphone's gain drops out.

    Input and output: (batch, frames, bands, 1).
    """

    def call(self, inputs: Any) -> Any:
        """Normalise each window by itself."""
        centred = inputs - ops.mean(inputs, axis=(1, 2), keepdims=True)
        return centred * ops.rsqrt(ops.mean(ops.square(centred), axis=(1, 2), keepdims=True) + 1e-3)


@keras.saving.register_keras_serializable(package="mien")
class AttentiveStatistics(keras.layers.Layer):
    """Mean and standard deviation over time, each moment weighted by a learnt attention.

    Input (batch, frames, features), output (batch, 2 x features). K. Okabe, T. Koshinaka, K. Shinoda, "Attentive
    Statistics Pooling for Deep Speaker Embedding", Interspeech 2018, arXiv:1803.10963.
    """

    def __init__(self, hidden: int = 64, **options: Any) -> None:
        super().__init__(**options)
        self.hidden = hidden
        self.look = keras.layers.Dense(hidden, activation="tanh", name="look", dtype=self.dtype_policy)
        self.score = keras.layers.Dense(1, use_bias=False, name="score", dtype=self.dtype_policy)

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights of the attention."""
        self.look.build(shape)
        self.score.build((*shape[:-1], self.hidden))
        self.built = True

    def call(self, inputs: Any) -> Any:
        """Pool over time."""
        weights = ops.softmax(self.score(self.look(inputs)), axis=1)
        mean = ops.sum(weights * inputs, axis=1)
        variance = ops.sum(weights * ops.square(inputs), axis=1) - ops.square(mean)
        return ops.concatenate([mean, ops.sqrt(ops.maximum(variance, 1e-5))], axis=-1)

    def get_config(self) -> dict[str, Any]:
        """What is needed to make the layer again."""
        return {**super().get_config(), "hidden": self.hidden}


def conv_bn(x: Any, filters: int, stride: int | tuple[int, int] = 1, kernel: int = 3, relu: bool = True) -> Any:
    """Convolution without bias, batch normalisation, ReLU: what the converter folds into one operation."""
    x = Conv2D(filters, kernel, strides=stride, padding="same", use_bias=False)(x)
    x = BatchNorm(momentum=0.9, epsilon=1e-3)(x)
    return keras.layers.ReLU()(x) if relu else x


def residual(x: Any, filters: int, stride: int = 1) -> Any:
    """A basic residual block (K. He et al., 2016): two 3x3 convolutions beside a shortcut.

    Where the shape changes, the shortcut is the block's input averaged over 2x2 and projected (T. He et al., "Bag of
    Tricks", 2019: it drops no pixel).
    """
    shortcut = x
    if stride > 1:
        shortcut = AveragePool(stride, padding="same")(shortcut)
    if stride > 1 or x.shape[-1] != filters:
        shortcut = conv_bn(shortcut, filters, kernel=1, relu=False)
    x = conv_bn(x, filters, stride)
    x = conv_bn(x, filters, relu=False)
    return keras.layers.ReLU()(keras.layers.Add()([x, shortcut]))
