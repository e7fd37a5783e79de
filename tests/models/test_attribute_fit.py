"""Attributes fitted to a generator: stopped and gone on with, checked when read, what holds."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from models.checkpoints import CheckpointError, load_tensors
from models.faces.analyser import FaceAnalyser
from models.fitting import attributes as fitting
from models.fitting import samples
from models.fitting.attributes import AttributeFit, Effort, Networks, NoFacesError, read_fitted
from models.fitting.kept import read_kept, write_kept
from models.fitting.readout import regressed_readout
from models.fitting.regression import regressed
from models.generator import Generator
from models.measures import MEASURES
from models.perceptual import load_efficientnet_lite
from models.readout import described_width
from tests.end_to_end.older_generator import write_older

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

CPU = torch.device("cpu")
WANTED = ("smile", "skin_brightness", "head_turn", "apparent_age")
PART = 16  # to stop and damage is quicker
EFFORT = Effort(8 * PART + 8, 1, 8)
OWNER = "a" * 64


@pytest.fixture(autouse=True, scope="module")
def small_parts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "PART", PART)
        patch.setattr(fitting, "FIRST", PART)
        yield


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    """Draws faces of 64 pixels."""
    folder = tmp_path_factory.mktemp("weights")
    card = write_older(folder, 64)
    return Generator.of(load_tensors(folder / card.file, card.sha256)[0])


@pytest.fixture(scope="module")
def networks() -> Networks:
    faces = FaceAnalyser()
    return Networks(faces.mesh, load_efficientnet_lite(), faces.has_face)


@pytest.fixture(scope="module")
def fit(network: Generator, networks: Networks) -> Callable[[Path], AttributeFit]:
    def of(folder: Path) -> AttributeFit:
        return AttributeFit(network, OWNER, networks, EFFORT, folder, WANTED)

    return of


@pytest.fixture(scope="module")
def whole(
    fit: Callable[[Path], AttributeFit], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """The folder of all parts, and the result, of a fit that nothing interrupted."""
    folder = tmp_path_factory.mktemp("whole")
    out = folder / "fitted.safetensors"
    steps = list(fit(folder / "parts").run(out))
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1].done <= steps[-1].of
    return fit(folder / "parts").folder, out


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures of samples were drawn, batch by batch."""
    counts: list[int] = []
    draw = samples.pictures_of

    def counted(network: Generator, w: torch.Tensor) -> NDArray[np.uint8]:
        counts.append(len(w))
        return draw(network, w)

    monkeypatch.setattr(fitting, "pictures_of", counted)
    return counts


def test_what_holds_is_kept_and_the_rest_is_told(
    whole: tuple[Path, Path], network: Generator
) -> None:
    found = read_fitted(whole[1], OWNER, network, CPU)
    assert found.recipe == fitting.RECIPE
    assert found.samples == EFFORT.samples
    offered = set(found.directions.attributes)
    assert {"skin_brightness", "head_turn"} <= offered
    assert offered | {name for name, _ in found.left_out} == set(WANTED)
    assert all(row.correlation >= 0.5 for row in found.directions.attributes.values())
    assert "does not ship" in dict(found.left_out)["apparent_age"]
    readout = found.directions.readout
    assert readout is not None
    assert set(readout.names) <= offered
    assert readout.weights.shape == (described_width(64), len(readout.names))


def test_a_step_does_what_it_says_on_other_samples(
    whole: tuple[Path, Path], network: Generator, networks: Networks
) -> None:
    directions = read_fitted(whole[1], OWNER, network, CPU).directions
    random = torch.Generator().manual_seed(77)
    w = network.mapping(torch.randn(6, network.config.z_dim, generator=random), 0.7)
    with torch.no_grad():
        s = network.styles(network.broadcast(w))
        for name in ("skin_brightness", "head_turn"):
            row = directions.attributes[name]
            moves: list[float] = []
            for side in (-1, 1):
                pictures = samples.to_pixels(network.synthesise(s + side * row.entangled))
                looked = samples.looked_at(w, pictures, networks.mesh, networks.features)
                moves.append(float(looked.values[:, list(MEASURES).index(name)].nanmean()))
            assert 0.8 < (moves[1] - moves[0]) / row.sd < 4, "2 are asked for"


@pytest.mark.parametrize("steps", [27])
def test_a_fit_that_was_stopped_goes_on_and_ends_alike(
    steps: int,
    whole: tuple[Path, Path],
    fit: Callable[[Path], AttributeFit],
    tmp_path: Path,
    drawn: list[int],
) -> None:
    out = tmp_path / "fitted.safetensors"
    begun = fit(tmp_path).run(out)
    for _ in range(steps):
        next(begun)
    begun.close()
    kept = len(list(fit(tmp_path).folder.glob("samples-*")))
    assert not out.exists()
    before = sum(drawn)
    assert before - kept * PART <= PART, "more than one part would be lost"
    drawn.clear()
    for _ in fit(tmp_path).run(out):
        pass
    assert sum(drawn) == EFFORT.samples - min(kept * PART, EFFORT.samples)
    assert_alike(out, whole[1])


def assert_alike(one: Path, other: Path) -> None:
    (tensors, facts), (expected, told) = (read_kept(path, 1 << 30) for path in (one, other))
    assert facts == told
    assert tensors.keys() == expected.keys()
    for name, tensor in tensors.items():
        assert torch.equal(tensor, expected[name]), name


def damaged(path: Path, how: str) -> None:
    if how == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif how == "bit":
        content = bytearray(path.read_bytes())
        content[-20] ^= 4
        path.write_bytes(content)
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "folder":
        path.unlink()
        path.mkdir()
    else:  # by somebody who knows the digest
        tensors = load(path.read_bytes())
        if how == "infinite":
            tensors["w"][0, 0] = float("inf")
        elif how == "shape":
            tensors["values"] = tensors["values"][:, :-1]
        elif how == "rows":
            tensors["has_face"] = tensors["has_face"][:-1]
        write_kept(path, tensors, {"widths": "[" if how == "facts" else json.dumps([1])})


@pytest.mark.parametrize(
    "how", ["cut", "bit", "empty", "infinite", "shape", "rows", "facts", "widths"]
)
def test_a_damaged_part_is_drawn_again(
    how: str,
    whole: tuple[Path, Path],
    fit: Callable[[Path], AttributeFit],
    tmp_path: Path,
    drawn: list[int],
) -> None:
    shutil.copytree(whole[0], fit(tmp_path).folder)
    damaged(fit(tmp_path).folder / "samples-0001.safetensors", how)
    damaged(fit(tmp_path).folder / "drawn-1-136-head_turn.safetensors", "bit")
    out = tmp_path / "fitted.safetensors"
    for _ in fit(tmp_path).run(out):
        pass
    assert sum(drawn) == PART
    assert_alike(out, whole[1])


def test_what_was_fitted_is_checked_when_it_is_read(
    whole: tuple[Path, Path], network: Generator, tmp_path: Path
) -> None:
    path = tmp_path / "fitted.safetensors"
    with pytest.raises(FileNotFoundError):
        read_fitted(path, OWNER, network, CPU)
    for how in ("cut", "bit", "empty"):
        shutil.copy(whole[1], path)
        damaged(path, how)
        with pytest.raises(CheckpointError, match="damaged"):
            read_fitted(path, OWNER, network, CPU)
    shutil.copy(whole[1], path)
    with pytest.raises(CheckpointError, match="another generator"):
        read_fitted(path, "b" * 64, network, CPU)
    with pytest.raises(CheckpointError, match="another shape"):
        read_fitted(path, OWNER, Generator.tiny(), CPU)
    tensors, facts = read_kept(whole[1], 1 << 30)
    rows = json.loads(facts["attributes"])
    odd = [
        {"attributes": json.dumps({**rows, "smile": 3})},
        {"attributes": "[]"},
        {"attributes": json.dumps(rows).replace('"mean": ', '"mean": 1e999, "old": ')},
        {"left_out": "[3]"},
        {"samples": "many"},
        {"readout": "[]"},
    ]
    for change in odd:
        write_kept(path, tensors, {**facts, **change})
        with pytest.raises(CheckpointError):
            read_fitted(path, OWNER, network, CPU)
    for name, tensor in (("s_mean", tensors["s_mean"][:-1]), ("readout", tensors["readout"][1:])):
        write_kept(path, {**tensors, name: tensor}, facts)
        with pytest.raises(CheckpointError, match="another shape"):
            read_fitted(path, OWNER, network, CPU)
    nan = tensors["s_sd"].clone()
    nan[3] = float("nan")
    write_kept(path, {**tensors, "s_sd": nan}, facts)
    with pytest.raises(CheckpointError, match="numbers that are none"):
        read_fitted(path, OWNER, network, CPU)
    with pytest.raises(CheckpointError, match="larger than any"):
        read_kept(whole[1], 1000)
    path.write_bytes(save({"a": torch.zeros(2)}))  # without a digest
    with pytest.raises(CheckpointError, match="bytes are others"):
        read_kept(path, 1 << 30)


def test_what_draws_no_faces_is_left_alone_soon(
    networks: Networks, tmp_path: Path, drawn: list[int]
) -> None:
    other = Generator.tiny(resolution=64)
    run = AttributeFit(other, OWNER, networks, EFFORT, tmp_path, WANTED).run(tmp_path / "out")
    with pytest.raises(NoFacesError, match="0 of 16"):
        for _ in run:
            pass
    assert sum(drawn) == PART
    assert not list(tmp_path.iterdir())


def test_what_never_varies_among_those_held_out_is_left_out(
    fit: Callable[[Path], AttributeFit], whole: tuple[Path, Path], network: Generator,
    tmp_path: Path,
) -> None:  # fmt: skip
    shutil.copytree(whole[0], fit(tmp_path).folder)
    column = list(MEASURES).index("smile")
    for path in fit(tmp_path).folder.glob("samples-*"):
        tensors, facts = read_kept(path, 1 << 30)
        faces = torch.arange(len(tensors["w"]))[tensors["has_face"]]
        tensors["values"][faces, column] = 0.5
        write_kept(path, tensors, facts)
    first, facts = read_kept(fit(tmp_path).folder / "samples-0000.safetensors", 1 << 30)
    held = int(torch.arange(PART)[first["has_face"]][1])  # one that is not held out
    first["values"][held, column] = 0.9
    write_kept(fit(tmp_path).folder / "samples-0000.safetensors", first, facts)
    out = tmp_path / "fitted.safetensors"
    for _ in fit(tmp_path).run(out):
        pass
    found = read_fitted(out, OWNER, network, CPU)
    assert "smile" in dict(found.left_out)
    assert "head_turn" in found.directions.attributes


def test_too_few_faces_are_told(network: Generator, networks: Networks, tmp_path: Path) -> None:
    few = Effort(40, 1, 8)
    run = AttributeFit(network, OWNER, networks, few, tmp_path, WANTED).run(tmp_path / "out")
    with pytest.raises(NoFacesError, match="of 40 samples"):
        for _ in run:
            pass


def test_measures_of_the_same_samples_are_regressed_together() -> None:
    random = torch.Generator().manual_seed(0)
    x = torch.randn(300, 12, generator=random).double()
    line = torch.randn(12, generator=random).double()
    values = {"a": x @ line, "b": x @ line.flip(0) + 3, "c": x @ line}
    values["c"] = values["c"].clone()
    values["c"][:50] = float("nan")
    sets = list(regressed(values, x, x))
    assert [set(rows) for rows in sets] == [{"a", "b"}, {"c"}]
    alone = {n: next(regressed({n: v}, x, x))[n] for n, v in values.items()}
    for rows in sets:
        for name, row in rows.items():
            torch.testing.assert_close(row.in_s, alone[name].in_s)
            assert row.correlation > 0.98
            assert row.correlation == pytest.approx(alone[name].correlation)


def test_a_readout_in_pieces_is_the_whole_regression(monkeypatch: pytest.MonkeyPatch) -> None:
    random = torch.Generator().manual_seed(1)
    features = torch.randn(120, 70, generator=random)
    attributes = (features @ torch.randn(70, 2, generator=random)).double()
    attributes = (attributes - attributes.mean(0)) / attributes.std(0)
    whole = regressed_readout(features, attributes, (40, 30))
    monkeypatch.setattr("models.fitting.readout._AT_ONCE", 16)
    pieces = regressed_readout(features.half(), attributes, (40, 30))
    for one, other in zip(whole, pieces, strict=True):
        torch.testing.assert_close(one.double(), other.double(), rtol=0.02, atol=0.01)
    told = (features - whole[0]) @ whole[1]
    assert float(torch.corrcoef(torch.stack([told[:, 0], attributes[:, 0].float()]))[0, 1]) > 0.98
    assert float(whole[2].min()) > 0.4


def test_samples_without_a_face_have_no_measures(networks: Networks) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (2, 64, 64, 3)).astype(np.uint8)
    looked = samples.looked_at(torch.zeros(2, 4), noise, networks.mesh, networks.features)
    assert not looked.has_face.any()
    assert bool(looked.values.isnan().all())
    assert looked.features.shape == (2, sum(looked.widths)) == (2, described_width(64))


def test_more_is_drawn_on_a_gpu_and_fewer_large_pictures_at_once() -> None:
    gpu = torch.device("cuda")
    assert Effort.on(CPU, 256).samples < Effort.on(gpu, 256).samples
    assert Effort.on(gpu, 64).batch == Effort.on(gpu, 256).batch > Effort.on(gpu, 1024).batch >= 1
    assert Effort.on(CPU, 1024, 300) == Effort(300, 8, 1)
