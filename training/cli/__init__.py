"""The commands ``mien-train`` and ``mien-evaluate``."""
