"""Who computes on how many cores while a network trains."""

from __future__ import annotations

from threadpoolctl import threadpool_limits


def numpy_alone() -> threadpool_limits:
    """Until the block ends, NumPy's products of matrices take the one thread that asks for them.

    The threads that OpenBLAS keeps for them go on asking for work after every product, each on a core that the network
    then waits for. With batches of log-mels on two cores that cost half of its speed (measured).
    """
    return threadpool_limits(limits=1, user_api="blas")
