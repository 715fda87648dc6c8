"""The rebuilt face detector against the TensorFlow Lite interpreter, which runs the original file."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data as public_pictures

from converter.catalogue import check_catalogue
from converter.errors import ConverterError
from converter.tflite_file import read_tflite
from training.preprocessing.detector import FaceDetector, decode, detector_file
from training.preprocessing.face import letterbox

pytest.importorskip("tensorflow")

# TensorFlow 2.21 under NumPy 2: not ours to mend.
pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]

MODELS = Path(__file__).resolve().parents[2] / "models_tfjs"


def astronaut() -> NDArray[np.float32]:
    frame, _, _, _ = letterbox(public_pictures.astronaut())
    return ((frame / 255.0 - 0.5) / 0.5).astype(np.float32)


def frames() -> NDArray[np.float32]:
    random = np.random.RandomState(11)
    coarse = random.uniform(-1, 1, (8, 8, 3)).repeat(16, axis=0).repeat(16, axis=1)
    return np.stack([astronaut(), random.uniform(-1, 1, (128, 128, 3)), np.zeros((128, 128, 3)), coarse]).astype("f4")


@pytest.fixture(scope="module")
def original() -> FaceDetector:
    return FaceDetector(detector_file())


def test_the_shipped_detector_computes_what_the_interpreter_computes(original: FaceDetector) -> None:
    from converter.shipped import load_shipped

    batch = frames()
    found = load_shipped(MODELS / "face-detector")(batch)
    assert found["boxes"].shape == (len(batch), 896, 16) and found["scores"].shape == (len(batch), 896, 1)
    for i, frame in enumerate(batch):
        boxes, scores = original.run(frame)
        # Raw boxes are frame pixels, up to some 200; scores are logits, up to some 400.
        np.testing.assert_allclose(found["boxes"][i], boxes, atol=2e-3)
        np.testing.assert_allclose(found["scores"][i], scores, atol=2e-3)


def test_the_shipped_detector_finds_the_same_face(original: FaceDetector) -> None:
    from converter.shipped import load_shipped

    found = load_shipped(MODELS / "face-detector")(astronaut()[None])
    (face,) = decode(found["boxes"][0], found["scores"][0])
    (wanted,) = decode(*original.run(astronaut()))
    assert face.score == pytest.approx(wanted.score, abs=1e-5) and face.score > 0.9
    np.testing.assert_allclose(face.box * 128, wanted.box * 128, atol=1e-3)
    np.testing.assert_allclose(face.keypoints * 128, wanted.keypoints * 128, atol=1e-3)


def test_a_detector_written_now_is_the_one_that_ships(tmp_path: Path, original: FaceDetector) -> None:
    from converter.detector import write_detector

    spec = write_detector(detector_file(), tmp_path)
    shipped = MODELS / "face-detector"
    assert json.loads((shipped / "spec.json").read_text()) == spec
    for name in ("model.json", "group1-shard1of1.bin"):
        assert (tmp_path / name).read_bytes() == (shipped / name).read_bytes()
    now, then = (json.loads((folder / "golden.json").read_text())["cases"][0] for folder in (tmp_path, shipped))
    assert now["input"] == then["input"]
    values = [np.frombuffer(base64.b64decode(case["outputs"]["scores"]["data"]), "<f4") for case in (now, then)]
    # Another processor may add in another order.
    np.testing.assert_allclose(values[0], values[1], rtol=1e-4, atol=1e-3)
    assert len(now["faces"]) == len(then["faces"]) == 1
    np.testing.assert_allclose(now["faces"][0]["box"], then["faces"][0]["box"], atol=1e-3)


def test_the_shipped_detector_is_as_catalogued() -> None:
    assert check_catalogue(MODELS, "face-detector") == 5


def test_the_file_is_read_whole() -> None:
    graph = read_tflite(detector_file())
    assert [graph.tensors[i].shape for i in graph.inputs] == [(1, 128, 128, 3)]
    assert {graph.tensors[i].name: graph.tensors[i].shape for i in graph.outputs} == {
        "regressors": (1, 896, 16),
        "classificators": (1, 896, 1),
    }


def test_a_file_that_is_no_tensorflow_lite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "face.tflite"
    path.write_bytes(b"<!doctype html>")
    with pytest.raises(ConverterError, match="not a TensorFlow Lite file"):
        read_tflite(path)
    with pytest.raises(ConverterError, match="MIEN_DETECTOR"):
        read_tflite(tmp_path / "nowhere.tflite")


def test_an_operator_that_nobody_taught_the_converter_is_named() -> None:
    import dataclasses

    from converter.tflite_rebuild import rebuild

    graph = read_tflite(detector_file())
    strange = dataclasses.replace(graph.operators[0], name="HARD_SWISH")
    with pytest.raises(ConverterError, match="HARD_SWISH"):
        rebuild(
            dataclasses.replace(graph, operators=(strange, *graph.operators[1:])),
            input_name="frame",
            output_names={"regressors": "boxes"},
        )
    with pytest.raises(ConverterError, match="nose"):
        rebuild(graph, input_name="frame", output_names={"nose": "boxes"})
