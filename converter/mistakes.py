"""What a model gets wrong, in sentences drawn from its figures."""

from collections.abc import Mapping
from typing import Any

WORST_CLASSES = 3
MOST_CONFUSED = 5
ENOUGH = 30
"""Cases from which a group is named; fewer are worst by chance."""

Table = Mapping[str, Mapping[str, Any]]


def what_it_gets_wrong(metrics: Mapping[str, Any]) -> list[str]:
    """Sentences for a card, the general ones first; empty where the metrics hold nothing to say."""
    sentences: list[str] = []
    if "by_class" in metrics:
        sentences += _classes(metrics["by_class"])
    if "confusion" in metrics:
        sentences += _confusions(metrics["confusion"])
    if "age_far_off" in metrics:
        sentences.append(f"The age read is off by more than ten years in {metrics['age_far_off']:.1%} of the pictures.")
    if "by_group" in metrics:
        sentences += _groups(metrics["by_group"])
    if "frames" in metrics:
        sentences += _frames(metrics["frames"])
    return sentences


def _classes(classes: Table) -> list[str]:
    known = {name: row for name, row in classes.items() if row["n"]}
    missed = sorted(known, key=lambda name: float(known[name]["recall"]))[:WORST_CLASSES]
    wrong = sorted(known, key=lambda name: float(known[name]["precision"]))[:WORST_CLASSES]
    return [
        "Most often missed: "
        + _listed(f"{name} (found in {known[name]['recall']:.0%} of {known[name]['n']:,})" for name in missed)
        + ".",
        "Most often claimed wrongly: "
        + _listed(
            f"{name} (right in {known[name]['precision']:.0%} of the cases in which it is read)" for name in wrong
        )
        + ".",
    ]


def _confusions(confusion: Mapping[str, Any]) -> list[str]:
    labels, counts = confusion["labels"], confusion["counts"]
    total = sum(map(sum, counts))
    wrong = total - sum(counts[i][i] for i in range(len(labels)))
    if not wrong:
        return []
    pairs = [(counts[i][k], i, k) for i in range(len(labels)) for k in range(len(labels)) if i != k and counts[i][k]]
    most = sorted(pairs, key=lambda pair: -pair[0])[:MOST_CONFUSED]
    return [
        f"Of {total:,} cases {wrong:,} ({wrong / total:.1%}) are given a wrong label. The most frequent confusions: "
        + _listed(
            f"{labels[i]} read as {labels[k]} ({n:,}, {n / sum(counts[i]):.0%} of {labels[i]})" for n, i, k in most
        )
        + "."
    ]


def _groups(groups: Table) -> list[str]:
    large = {name: row for name, row in groups.items() if row["n"] >= ENOUGH}
    ages = {name: row for name, row in large.items() if name.startswith("age ")}
    sentences = []
    if ages and all("age_bias" in row for row in ages.values()):
        worst = sorted(ages, key=lambda name: -float(ages[name]["age_mae"]))[:2]
        sentences.append(
            "Age errs most for those of "
            + _listed(_misread(name.removeprefix("age "), ages[name]) for name in worst)
            + "."
        )
    if ages and all("age_interval_coverage" in row for row in ages.values()):
        name = min(ages, key=lambda one: float(ages[one]["age_interval_coverage"]))
        sentences.append(
            f"The age interval holds least often for those of {name.removeprefix('age ')} years: in "
            f"{ages[name]['age_interval_coverage']:.0%} of {ages[name]['n']:,}."
        )
    if large and all("gender_accuracy" in row for row in large.values()):
        worst = sorted(large, key=lambda name: float(large[name]["gender_accuracy"]))[:3]
        sentences.append(
            "Gender is read wrongly most often in these groups: "
            + _listed(f"{name} ({1 - large[name]['gender_accuracy']:.0%} of {large[name]['n']:,})" for name in worst)
            + "."
        )
    return sentences


def _misread(name: str, row: Mapping[str, Any]) -> str:
    way = "old" if row["age_bias"] > 0 else "young"
    off, leaning = row["age_mae"], abs(row["age_bias"])
    return f"{name} years (by {off:.1f} years on average; read {leaning:.1f} too {way}; n = {row['n']:,})"


def _frames(frames: Table) -> list[str]:
    missed = {name: row for name, row in frames.items() if row["found"] < 0.99}
    sentences = []
    if missed:
        worst = sorted(missed, key=lambda name: float(missed[name]["found"]))
        sentences.append(
            "On frames faces are missed: "
            + _listed(f"{name} ({1 - missed[name]['found']:.1%} of {missed[name]['n']:,})" for name in worst)
            + "."
        )
    for figure, sign, unit in (("accuracy", -1, "points"), ("age_mae", 1, "years"), ("gender_accuracy", -1, "points")):
        key = f"{figure}_difference"
        losses = {name: sign * row[key] for name, row in frames.items() if key in row}
        if losses and (loss := max(losses.values())) > 0:
            name = max(losses, key=lambda one: losses[one])
            amount = f"{loss:.1f} {unit}" if unit == "years" else f"{100 * loss:.1f} {unit}"
            sentences.append(f"What costs most {figure.replace('_', ' ')} on a frame: {name} ({amount}).")
    return sentences


def _listed(items: Any) -> str:
    return "; ".join(items)
