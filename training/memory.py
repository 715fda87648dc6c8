"""Keeps freed memory at hand for the next batch."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
"""Names of glibc's settings, from its malloc.h; its manual: "Malloc Tunable Parameters"."""


def keep_freed_memory() -> bool:
    """Let the C library keep what is freed instead of handing it back; returns whether it could be told so.

    A training step frees and asks again for the same tensors of some megabytes, hundreds of times a step. By default
    each of them is mapped anew and zeroed page by page by the kernel, which took 5 to 10 % of a step on a CPU. Results
    are the same to the last bit. Only glibc knows these settings; elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):  # no glibc; Windows has no library without a name
        return False
    wanted = ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 2**28))
    return all([mallopt(setting, value) == 1 for setting, value in wanted])
