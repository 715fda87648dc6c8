"""One network on several devices of one machine, by PyTorch: a process a device, each with its share of every batch.

The process of ``mien-train`` is the first: it makes the batches, trains on its share, and is the only one that
validates and writes. The others (``worker``) are handed their shares through pipes. Losses, gradients and the
statistics of batch normalisation are summed over all, so that the result is that of one device but for rounding.
"""
