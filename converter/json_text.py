"""JSON that people can read and that is short: what fits a line stands on one."""

import json
from typing import Any

WIDTH = 120


def json_text(value: Any, depth: int = 0) -> str:
    """A value as JSON; objects and lists are broken into lines where they hold others and are longer than a line.

    Raises:
        ValueError: a number is not finite.
    """
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    items = list(value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ())
    if depth + len(flat) <= WIDTH or not any(isinstance(item, dict | list) for _, item in items):
        return flat
    names = [f"{json.dumps(key, ensure_ascii=False)}: " if isinstance(value, dict) else "" for key, _ in items]
    lines = [
        " " * (depth + 1) + name + json_text(item, depth + 1) for name, (_, item) in zip(names, items, strict=True)
    ]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return opening + "\n" + ",\n".join(lines) + "\n" + " " * depth + closing
