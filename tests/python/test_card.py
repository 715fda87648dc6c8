"""Cards: the sentences about mistakes, the tables and the plots, from figures worked out by hand."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from converter.card import write_card
from converter.json_text import json_text
from converter.mistakes import what_it_gets_wrong
from converter.plots import age_error_svg, confusion_svg, plots_of, reliability_svg, write_plots

EMOTION: dict[str, Any] = {
    "n": 100,
    "by_class": {
        "fear": {"n": 40, "recall": 0.25, "precision": 0.5, "f1": 0.33},
        "happy": {"n": 60, "recall": 0.9, "precision": 0.6429, "f1": 0.75},
    },
    "confusion": {"labels": ["fear", "happy"], "counts": [[10, 30], [6, 54]]},
    "reliability": [{"confidence": 0.6, "accuracy": 0.5, "n": 20}, {"confidence": 0.9, "accuracy": 0.7, "n": 80}],
    "frames": {
        "plain": {"n": 100, "found": 1.0, "accuracy": 0.64, "accuracy_difference": 0.0},
        "small": {"n": 50, "found": 0.9, "accuracy": 0.6, "accuracy_difference": -0.04},
    },
}

GROUP = {"n": 50, "age_mae": 3.0, "gender_accuracy": 0.95, "age_interval_coverage": 0.92, "age_bias": 0.5}
AGE: dict[str, Any] = {
    "age_far_off": 0.1234,
    "by_group": {
        "gender female": GROUP | {"gender_accuracy": 0.9},
        "age 0 to 9": GROUP | {"gender_accuracy": 0.7},
        "age 70 to 79": GROUP | {"age_mae": 9.9, "age_bias": -8.1, "age_interval_coverage": 0.75},
        "age 80 to 116": GROUP | {"n": 5, "age_mae": 30.0, "gender_accuracy": 0.1},
    },
}


def spec(task: str, metrics: dict[str, Any]) -> dict[str, Any]:
    return {
        "format": "mien-model/1",
        "task": task,
        "version": "1.0.0",
        "parameters": 10,
        "input": {"kind": "face-crop", "width": 48, "height": 48, "channels": "gray"},
        "outputs": {"emotion": {"kind": "categorical", "labels": ["fear", "happy"], "temperature": 1.0}},
        "metrics": metrics,
        "training": {"datasets": ["FER2013"], "command": "mien-train face-emotion --data DIR"},
    }


def test_what_an_emotion_model_gets_wrong() -> None:
    text = " ".join(what_it_gets_wrong(EMOTION))
    assert "Most often missed: fear (found in 25% of 40); happy (found in 90% of 60)." in text
    assert (
        "Most often claimed wrongly: fear (right in 50% of the cases in which it is read); happy (right in 64%" in text
    )
    assert "Of 100 cases 36 (36.0%) are given a wrong label." in text
    assert "fear read as happy (30, 75% of fear); happy read as fear (6, 10% of happy)." in text
    assert "On frames faces are missed: small (10.0% of 50)." in text
    assert "What costs most accuracy on a frame: small (4.0 points)." in text


def test_what_an_age_model_gets_wrong_names_no_group_that_is_too_small() -> None:
    text = " ".join(what_it_gets_wrong(AGE))
    assert "off by more than ten years in 12.3% of the pictures" in text
    assert "70 to 79 years (by 9.9 years on average; read 8.1 too young; n = 50)" in text
    assert "The age interval holds least often for those of 70 to 79 years: in 75% of 50." in text
    assert (
        "Gender is read wrongly most often in these groups: age 0 to 9 (30% of 50); gender female (10% of 50)" in text
    )
    assert "80 to 116" not in text


def test_nothing_is_said_of_figures_that_are_not_there() -> None:
    assert what_it_gets_wrong({"accuracy": 0.7}) == []
    assert what_it_gets_wrong({"confusion": {"labels": ["a", "b"], "counts": [[3, 0], [0, 4]]}}) == []
    assert "What it gets wrong" not in write_card(spec("face-emotion", {"accuracy": 0.7}))


def test_the_card_shows_tables_plots_and_mistakes() -> None:
    card = write_card(spec("face-emotion", EMOTION))
    assert (
        "| confusion | n | fear | happy |\n|---|---|---|---|\n| fear | 40 | 10 | 30 |\n| happy | 60 | 6 | 54 |" in card
    )
    assert "| reliability | confidence | accuracy | n |\n|---|---|---|---|\n| 1 | 0.6 | 0.5 | 20 |" in card
    assert "| by_class | n | recall | precision | f1 |" in card
    assert "| frames | n | found | accuracy | accuracy_difference |" in card
    assert "(../../docs/cards/face-emotion-confusion.svg)" in card
    assert "(../../docs/cards/face-emotion-reliability.svg)" in card
    mistakes = card.partition("## What it gets wrong\n")[2]
    assert "fear read as happy" in mistakes and "FER2013 does not tell who is shown" in mistakes


def test_the_card_says_that_votes_were_learnt_from() -> None:
    plain = spec("face-emotion", EMOTION)
    voted = plain | {"training": plain["training"] | {"datasets": ["FER2013", "FER+"], "with_ferplus_votes": 27869}}
    assert "votes of the FER+ annotators on 27,869 training pictures" in write_card(voted)
    assert "MIT licence" in write_card(voted) and "course" not in write_card(voted)
    courses = [{"epochs": 110, "votes": 0.5}, {"epochs": 40, "votes": 0.0}]
    later = voted | {"training": voted["training"] | {"later_courses": courses}}
    assert "in the last course of training it is the label alone. Votes on" in write_card(later)
    assert "trained in 3 courses" in write_card(later)
    longer = voted | {"training": voted["training"] | {"later_courses": [*courses, {"epochs": 25, "votes": 0.0}]}}
    assert "in the last two courses of training it is the label alone. Votes on" in write_card(longer)
    cut_off = voted | {"training": voted["training"] | {"later_courses": courses[:1]}}
    assert "trained in 2 courses" in write_card(cut_off) and "the label alone" not in write_card(cut_off)
    without_votes = write_card(plain | {"training": plain["training"] | {"later_courses": [{"epochs": 60}]}})
    assert "trained in 2 courses" in without_votes and "the label alone" not in without_votes
    assert "training pictures" not in write_card(plain)
    sizes = [{"epochs": 60, "size": 40}, {"epochs": 40, "size": 48}]
    grown = write_card(plain | {"training": plain["training"] | {"later_courses": sizes}})
    assert "In the last course its crops were of 48 pixels, before that of 40." in grown
    assert "saw crops" not in without_votes


def test_plots_lie_where_the_card_links_to_and_are_small(tmp_path: Path) -> None:
    for task, metrics in (("face-emotion", EMOTION), ("face-age-gender", AGE)):
        write_plots(tmp_path / "models", spec(task, metrics))
        card = tmp_path / "models" / task / "CARD.md"
        card.parent.mkdir(parents=True)
        card.write_text(write_card(spec(task, metrics)))
        links = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", card.read_text())
        assert len(links) == len(plots_of(spec(task, metrics))) > 0
        for link in links:
            file = card.parent / link
            ElementTree.parse(file)
            assert file.stat().st_size < 12_000


def test_the_confusion_plot_shades_by_the_share_of_the_row() -> None:
    drawing = ElementTree.fromstring(confusion_svg(["a<b", "c"], [[3, 1], [0, 0]]))
    opacities = [rect.get("fill-opacity") for rect in drawing.iter("{http://www.w3.org/2000/svg}rect")][1:]
    assert opacities == ["0.750", "0.250", "0.000", "0.000"]
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "a<b" in texts and "75%" in texts and "3" in texts


def test_the_other_plots_put_figures_in_their_place() -> None:
    discs = list(
        ElementTree.fromstring(reliability_svg(EMOTION["reliability"])).iter("{http://www.w3.org/2000/svg}circle")
    )
    # Accuracy 0.7 at confidence 0.9, in an area of 320 pixels at (92, 34).
    assert [float(discs[1].get(name, 0)) for name in ("cx", "cy")] == pytest.approx([92 + 288, 34 + 96])
    assert float(discs[1].get("r", 0)) == pytest.approx(12) and float(discs[0].get("r", 0)) == pytest.approx(7.5)
    bars = [
        float(rect.get("height", "0"))
        for rect in ElementTree.fromstring(
            age_error_svg({"age 0 to 9": GROUP, "age 10 to 19": GROUP | {"age_mae": 6.0}})
        ).iter("{http://www.w3.org/2000/svg}rect")
        if rect.get("fill") == "#2563c4"
    ]
    assert bars == [160, 320]


@pytest.mark.parametrize("value", [{}, [], 3, "a", {"a": [1.5, None, True], "b": {"c": "é"}}, [[1, 2], {"a": []}]])
def test_json_text_is_the_same_value(value: Any) -> None:
    assert json.loads(json_text(value)) == value
    long = {"rows": [{"name": f"row {i}", "values": list(range(12))} for i in range(9)], "value": value}
    text = json_text(long)
    assert json.loads(text) == long
    assert all(len(line) <= 121 for line in text.splitlines())
    assert len(text) < len(json.dumps(long, indent=1))


def test_json_text_refuses_what_is_not_json() -> None:
    with pytest.raises(ValueError, match="Out of range"):
        json_text({"a": float("nan")})
