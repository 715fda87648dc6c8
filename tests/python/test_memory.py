"""What is freed stays at hand."""

from __future__ import annotations

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
from training.memory import keep_freed_memory
if sys.argv[1] == "kept" and not keep_freed_memory():
    raise SystemExit(3)
b"x" * 30_000_000
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    b"x" * 30_000_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts the kernel's page faults, and glibc's settings")
def test_the_kernel_is_asked_for_the_same_memory_once() -> None:
    """Twenty blocks of 30 MB, one after another: their pages are mapped each time, unless what is freed is kept."""
    kept, handed_back = (_faults(how) for how in ("kept", "handed back"))
    assert handed_back > 20 * 100, "the measure is no good: this system does not hand memory back"
    assert kept < handed_back / 10


def _faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip("no glibc here")
    assert done.returncode == 0, done.stderr
    return int(done.stdout)
