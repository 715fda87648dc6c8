"""Conversion of a small trained model: files, numbers, golden vectors, and what happens when something fails half-way.

The network has what trips converters: batch normalisation to fold, a projection without bias added to a shortcut, two
normalised branches added, and two outputs. Its results are held against Keras's own.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from converter import cli, convert
from converter.catalogue import check_catalogue
from converter.eight_bit import round_kernels
from converter.errors import ConverterError
from converter.synthetic import synthetic_noise, synthetic_picture, synthetic_voice
from storage.folder import replaced_whole
from training.evaluation import softmax
from training.preprocessing.detector import detector_file
from training.preprocessing.face import FaceInput
from training.preprocessing.speech import SpeechInput, has_speech, log_mel

pytest.importorskip("tensorflow")

# TensorFlow 2.21 under NumPy 2: not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]

TASK = "face-age-gender"
INPUT = FaceInput(24, 20, "rgb", ((0.3, 0.4), (0.7, 0.4)), (0.5, 0.45, 0.4), (0.25, 0.24, 0.23))
OUTPUTS = {
    "age": {"kind": "distribution", "first": 0, "last": 9, "temperature": 1.3, "interval": 0.9},
    "gender": {"kind": "categorical", "labels": ["female", "male"], "temperature": 0.8},
}


def small_network() -> Any:
    import keras

    from training.layers import BatchNorm

    keras.utils.set_random_seed(3)
    face = keras.Input((INPUT.height, INPUT.width, 3), name="face")
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(face)
    x = keras.layers.ReLU()(BatchNorm()(x))
    y = keras.layers.Conv2D(8, 1, use_bias=False)(x)
    x = keras.layers.ReLU()(keras.layers.Add()([y, x]))
    y, z = (BatchNorm()(keras.layers.Conv2D(6, kernel, padding="same", use_bias=False)(x)) for kernel in (3, 1))
    x = keras.layers.ReLU()(keras.layers.Add()([y, z]))
    x = keras.layers.GlobalAveragePooling2D()(x)
    outputs = {"gender": keras.layers.Dense(2, name="gender")(x), "age": keras.layers.Dense(10, name="age")(x)}
    model = keras.Model(face, outputs)
    random = np.random.RandomState(5)
    for layer in model.layers:
        if isinstance(layer, BatchNorm):
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
        elif isinstance(layer, keras.layers.Dense):
            layer.bias.assign(random.uniform(-1, 1, layer.bias.shape))  # zeros would be left out of the graph
    return model


def small_spec(**changes: Any) -> dict[str, Any]:
    spec = {
        "format": "mien-model/1",
        "task": TASK,
        "version": "1.2.3",
        "input": INPUT.to_spec(),
        "outputs": OUTPUTS,
        "training": {"seed": 3, "datasets": ["UTKFace"], "command": f"mien-train {TASK} --data DIR"},
    }
    return spec | changes


@pytest.fixture(scope="module")
def network() -> Any:
    """As it ships: with kernels in eight bits."""
    model = small_network()
    round_kernels(model)
    return model


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights")
    small_network().save(folder / f"{TASK}.keras")
    (folder / f"{TASK}.json").write_text(json.dumps(small_spec()))
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Path:
    """Converted once; tests that change it copy it."""
    needs_detector()
    out = tmp_path_factory.mktemp("models")
    convert.convert(TASK, weights=weights, out=out, report=lambda line: None)
    return out


@pytest.fixture
def own_models(models: Path, tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(models, tmp_path / "models"))


def needs_detector() -> None:
    try:
        detector_file()
    except FileNotFoundError as error:
        pytest.fail(str(error), pytrace=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_files_are_those_of_the_contract_with_one_shard_of_8_and_16_bits(models: Path, network: Any) -> None:
    folder = models / TASK
    names = {path.name for path in folder.iterdir()}
    assert names == {"model.json", "group1-shard1of1.bin", "spec.json", "golden.json", "CARD.md"}
    model = json.loads((folder / "model.json").read_text())
    assert list(model["signature"]["inputs"]) == ["face"]
    assert set(model["signature"]["outputs"]) == {"age", "gender"}
    (group,) = model["weightsManifest"]
    floats = [entry for entry in group["weights"] if entry["dtype"] == "float32"]
    for entry in floats:
        wanted = "int8" if len(entry["shape"]) > 1 else "float16"
        assert entry["quantization"]["dtype"] == wanted, entry
    # Four numbers of batch normalisation per channel become one bias: folded, or there would be more.
    stored = sum(int(np.prod(entry["shape"])) for entry in floats)
    assert stored == network.count_params() - 3 * (8 + 6 + 6)
    # Every normalised convolution has become one operation; the one without normalisation has no bias to fuse.
    operators = [node["op"] for node in model["modelTopology"]["node"]]
    assert operators.count("_FusedConv2D") == 3 and operators.count("Conv2D") == 1
    assert operators.count("AddV2") == 2 and "AddN" not in operators
    dimensions = model["signature"]["inputs"]["face"]["tensorShape"]["dim"]
    assert [int(dimension["size"]) for dimension in dimensions] == [-1, 20, 24, 3]


def test_where_float16_costs_too_much_weights_stay_in_float32(
    weights: Path, tmp_path: Path, network: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from converter.shipped import load_shipped

    monkeypatch.setattr(convert, "MAX_PROBABILITY_LOSS", 5e-6)  # less than the float16 of this network costs
    said: list[str] = []
    convert.convert(TASK, weights=weights, out=tmp_path, report=said.append)
    assert any("so that its weights stay in float32" in line for line in said), said
    (group,) = json.loads((tmp_path / TASK / "model.json").read_text())["weightsManifest"]
    floats = [entry for entry in group["weights"] if entry["dtype"] == "float32"]
    kinds = {(len(entry["shape"]) > 1, entry.get("quantization", entry)["dtype"]) for entry in floats}
    assert kinds == {(True, "int8"), (False, "float32")}
    assert json.loads((tmp_path / TASK / "spec.json").read_text())["weights"] == "kernels in 8 bits, else float32"
    assert "kernels in 8 bits, else float32" in (tmp_path / TASK / "CARD.md").read_text()
    faces = np.random.RandomState(2).normal(size=(3, 20, 24, 3)).astype(np.float32)
    wanted, found = network(faces, training=False), load_shipped(tmp_path / TASK)(faces)
    for name in OUTPUTS:
        np.testing.assert_allclose(found[name], np.asarray(wanted[name]), atol=1e-5)


def test_a_network_that_float32_does_not_save_is_refused(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "MAX_PROBABILITY_LOSS", -1.0)
    with pytest.raises(ConverterError, match="off Keras by"):
        convert.convert(TASK, weights=weights, out=tmp_path, report=lambda line: None)
    assert not (tmp_path / TASK).exists()


def test_the_shipped_files_compute_what_keras_computes_for_any_batch(models: Path, network: Any) -> None:
    from converter.shipped import load_shipped

    run = load_shipped(models / TASK)
    for batch in (1, 5):
        faces = np.random.RandomState(batch).normal(size=(batch, 20, 24, 3)).astype(np.float32)
        wanted, found = network(faces, training=False), run(faces)
        for name in OUTPUTS:
            assert found[name].shape == wanted[name].shape
            # float16 has 11 bits; logits here are of the order of 1. The eight bits are in both.
            np.testing.assert_allclose(found[name], np.asarray(wanted[name]), atol=4e-3)


def test_golden_vectors_are_what_python_computes_again(models: Path, network: Any) -> None:
    from converter.golden import cases_for

    golden = json.loads((models / TASK / "golden.json").read_text())
    assert golden["format"] == "mien-golden/1" and golden["task"] == TASK
    cases = cases_for(small_spec())
    assert [case["name"] for case in golden["cases"]] == [case.name for case in cases] == ["astronaut", "synthetic"]
    for written, case in zip(golden["cases"], cases, strict=True):
        pixels = np.frombuffer(base64.b64decode(written["input"]["data"]), np.uint8)
        np.testing.assert_array_equal(pixels.reshape(written["input"]["shape"]), case.raw)
        logits = network(case.network_input[None], training=False)
        for name, output in OUTPUTS.items():
            np.testing.assert_allclose(written["outputs"][name], np.asarray(logits[name])[0], rtol=1e-4, atol=1e-5)
            probabilities = softmax(np.asarray(logits[name])[0] / output["temperature"])
            np.testing.assert_allclose(written["probabilities"][name], probabilities, rtol=1e-4, atol=1e-6)
            assert sum(written["probabilities"][name]) == pytest.approx(1, abs=1e-5)


def test_the_spec_and_the_card_tell_of_the_model(models: Path, network: Any) -> None:
    spec = json.loads((models / TASK / "spec.json").read_text())
    assert spec["parameters"] == network.count_params()
    assert spec["input"] == INPUT.to_spec() and spec["outputs"] == OUTPUTS
    card = (models / TASK / "CARD.md").read_text()
    assert f"{network.count_params():,} parameters" in card
    assert "non-commercial research" in card and "AI Act" in card and "Not measured yet" in card


def test_the_catalogue_has_the_hash_of_every_file(models: Path) -> None:
    catalogue = json.loads((models / "catalogue.json").read_text())
    assert catalogue["format"] == "mien-catalogue/1"
    entry = catalogue["models"][TASK]
    assert entry["version"] == "1.2.3"
    files = contents(models / TASK)
    assert set(entry["files"]) == set(files)
    for name, data in files.items():
        assert entry["files"][name] == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    assert check_catalogue(models, TASK) == len(files)


@pytest.mark.parametrize("fault", ["changed", "missing", "extra"])
def test_a_file_that_is_not_as_catalogued_is_named(own_models: Path, fault: str) -> None:
    shard = own_models / TASK / "group1-shard1of1.bin"
    if fault == "changed":
        data = bytearray(shard.read_bytes())
        data[7] ^= 1
        shard.write_bytes(data)
    elif fault == "missing":
        shard.unlink()
    else:
        shard = own_models / TASK / "group2-shard1of1.bin"
        shard.write_bytes(b"")
    with pytest.raises(ConverterError, match=shard.name) as caught:
        check_catalogue(own_models, TASK)
    assert "mien-convert" in caught.value.do


@pytest.mark.parametrize("where", ["converter.graph_model.write_graph_model", "converter.golden.write_golden"])
def test_a_failure_half_way_leaves_the_old_folder_untouched(
    own_models: Path, weights: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(own_models)
    module, _, name = where.rpartition(".")
    real = getattr(sys.modules[module], name)

    def fail_late(*arguments: Any, **options: Any) -> None:
        folder = next(argument for argument in arguments if isinstance(argument, Path))
        real(*arguments, **options)
        assert any(folder.iterdir())
        raise OSError("no space left on device")

    monkeypatch.setattr(where, fail_late)
    with pytest.raises(OSError, match="no space left"):
        convert.convert(TASK, weights=weights, out=own_models, report=lambda line: None)
    assert contents(own_models) == before
    assert sorted(path.name for path in own_models.iterdir()) == ["catalogue.json", TASK]


def test_the_old_folder_comes_back_if_the_new_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "file").write_text("old")
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if ".new-" in self.name:
            raise OSError("moved away")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="moved away"), replaced_whole(folder) as fresh:
        (fresh / "file").write_text("new")
    assert contents(tmp_path) == {"model/file": b"old"}
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_a_folder_is_replaced_with_nothing_left_of_the_old_one(tmp_path: Path) -> None:
    for text in ("first", "second"):
        with replaced_whole(tmp_path / "model") as fresh:
            (fresh / text).write_text(text)
    assert contents(tmp_path) == {"model/second": b"second"}
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_measured_figures_stay_while_the_weights_are_the_same_and_go_with_them(
    own_models: Path, weights: Path, tmp_path: Path, network: Any
) -> None:
    from converter.verify import write_metrics

    write_metrics(own_models, TASK, {"age_mae": 4.5})
    convert.convert(TASK, weights=weights, out=own_models, report=lambda line: None)
    assert json.loads((own_models / TASK / "spec.json").read_text())["metrics"] == {"age_mae": 4.5}

    values = network.get_weights()
    try:
        network.set_weights([value * 1.25 for value in values])
        network.save(tmp_path / f"{TASK}.keras")
    finally:
        network.set_weights(values)
    (tmp_path / f"{TASK}.json").write_text(json.dumps(small_spec(metrics={"cv": 1.0})))
    convert.convert(TASK, weights=tmp_path, out=own_models, report=lambda line: None)
    assert json.loads((own_models / TASK / "spec.json").read_text())["metrics"] == {"cv": 1.0}


def run_cli(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert cli.main([str(argument) for argument in arguments]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / f"{TASK}.keras").unlink(), f"mien-train {TASK}"),
        (lambda folder: (folder / f"{TASK}.json").unlink(), f"mien-train {TASK}"),
        (lambda folder: (folder / f"{TASK}.json").write_text("{"), "not JSON"),
        (lambda folder: (folder / f"{TASK}.json").write_text("{}"), "lacks"),
        (lambda folder: (folder / f"{TASK}.keras").write_bytes(b"PK"), "cannot read the model"),
        (lambda folder: (folder / f"{TASK}.json").write_text(json.dumps(small_spec(task="nose"))), "'nose'"),
        (
            lambda folder: (folder / f"{TASK}.json").write_text(
                json.dumps(small_spec(outputs={"age": OUTPUTS["age"]}))
            ),
            "its spec says",
        ),
    ],
)
def test_unfit_input_is_explained_and_nothing_is_written(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoil: Any, said: str
) -> None:
    import shutil

    folder = Path(shutil.copytree(weights, tmp_path / "weights"))
    spoil(folder)
    error = run_cli(capsys, TASK, "--weights", folder, "--out", tmp_path / "models")
    assert said in error and "where: " in error and "what to do: " in error
    assert not list((tmp_path / "models").iterdir())


def test_an_unknown_task_is_refused_with_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = run_cli(capsys, "face-mood", "--out", tmp_path)
    assert "face-mood" in error and "face-emotion" in error


def test_stand_ins_are_gone_once_tensorflowjs_is_imported() -> None:
    from converter.tensorflowjs_import import STAND_INS, graph_model_converter

    graph_model_converter()
    left = [name for name in STAND_INS if "Stand-in" in (getattr(sys.modules.get(name), "__doc__", None) or "")]
    assert left == []


def test_synthetic_inputs_are_what_they_are_for() -> None:
    target = SpeechInput()
    voice = synthetic_voice(target.window_samples, target.sample_rate)
    noise = synthetic_noise(target.window_samples)
    assert voice.dtype == noise.dtype == np.int16
    assert has_speech(log_mel(voice / 32768, target), target)
    assert not has_speech(log_mel(noise / 32768, target), target)
    picture = synthetic_picture(48, 40, 3)
    assert picture.shape == (48, 40, 3) and picture.dtype == np.uint8 and np.ptp(picture) > 150
    np.testing.assert_array_equal(picture, synthetic_picture(48, 40, 3))
