"""Directions and latents of other tools: read, checked against the generator, or refused."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import pickle
import shutil
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from models.checkpoints import CheckpointError
from models.generator import Generator
from models.importing.directions import (
    Target,
    known_files,
    published_channels,
    read_directions,
)
from models.importing.imported import STYLEGAN2_FFHQ
from models.importing.latents import read_latents
from models.importing.style_channels import (
    channel_step,
    published_steps,
    read_channel_list,
    read_clip_dictionary,
    read_style_statistics,
)
from models.measures import MEASURES
from tests.models.importing.formats import saved

# Material that is not in the repository; elsewhere the same formats are written by the tests.
REAL = next(
    (folder for p in Path(__file__).parents if (folder := p / "shared" / "directions").is_dir()),
    Path("shared/directions"),
)
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="shared/directions is not here")


def config_f(lineage: str = STYLEGAN2_FFHQ) -> Target:
    """Sizes of NVIDIA's FFHQ network, without its weights."""
    styles: list[tuple[str, int]] = []
    inputs = 512
    for side in (4 << i for i in range(9)):
        width = min(32768 // side, 512)
        if side > 4:
            styles.append((f"b{side}.conv0", inputs))
        styles += [(f"b{side}.conv1", width), (f"b{side}.torgb", width)]
        inputs = width
    channels = sum(w for _, w in styles)
    zeros = np.zeros(channels, np.float32)
    return Target(18, 512, 512, tuple(styles), lineage, np.zeros(512, np.float32), zeros)


@pytest.fixture
def tiny() -> Target:
    return Target.of(Generator.tiny(resolution=32, width=16))


def _write(path: Path, value: Any) -> Path:
    np.save(path, value)
    return path


def _unit(width: int = 32, seed: int = 0) -> np.ndarray[Any, Any]:
    vector = np.random.default_rng(seed).standard_normal(width)
    return vector / np.linalg.norm(vector)


def test_sizes_of_config_f() -> None:
    target = config_f()
    assert len(target.styles) == 26
    assert len(target.s_mean) == 9088
    assert sum(w for n, w in target.styles if not n.endswith("torgb")) == 6048


def test_a_target_is_read_off_a_generator(tiny: Target) -> None:
    generator = Generator.tiny(resolution=32, width=16)
    assert (tiny.num_ws, tiny.z_dim, tiny.w_dim) == (8, 32, 32)
    assert [name for name, _ in tiny.styles] == [x.name for x in generator.style_layers]
    assert len(tiny.s_mean) == generator.num_styles


def test_interfacegan(tiny: Target, tmp_path: Path) -> None:
    normal = _unit()
    path = _write(tmp_path / "stylegan2_ffhq_smile_w_boundary.npy", normal[None])
    (direction,) = read_directions(path, tiny)
    assert (direction.name, direction.space, direction.rows) == ("smile", "W", (0, 8))
    assert direction.family == "InterFaceGAN"
    np.testing.assert_allclose(direction.step, np.tile(normal, (8, 1)), atol=1e-6)
    (in_z,) = read_directions(_write(tmp_path / "cat_age_boundary.npy", normal[None]), tiny)
    assert in_z.space == "Z"
    assert in_z.step.shape == (32,)


def test_equal_rows_are_spread_over_another_number_of_rows(tiny: Target, tmp_path: Path) -> None:
    folder = tmp_path / "latent_directions"
    folder.mkdir()
    path = _write(folder / "smile.npy", np.tile(0.5 * _unit(), (18, 1)))
    (direction,) = read_directions(path, tiny)
    assert direction.norm == pytest.approx(0.5)
    assert direction.rows == (0, 8)  # of those, the first eight
    np.testing.assert_allclose(np.linalg.norm(direction.step, axis=1), 1, atol=1e-5)
    larger = dataclasses.replace(tiny, num_ws=14)
    (direction,) = read_directions(path, larger)
    assert not direction.step[8:].any()


def test_different_rows_need_the_same_number_of_rows(tiny: Target, tmp_path: Path) -> None:
    rows = np.stack([_unit(seed=i) for i in range(8)])
    (direction,) = read_directions(_write(tmp_path / "own.npy", rows), tiny)
    assert direction.space == "W+"
    np.testing.assert_allclose(direction.step, rows, atol=1e-6)
    rows = np.stack([_unit(seed=i) for i in range(18)])
    with pytest.raises(CheckpointError, match=r"18 different rows, this generator 8.*1024 pixels"):
        read_directions(_write(tmp_path / "own.npy", rows), tiny)


@pytest.mark.parametrize(
    ("array", "reason"),
    [
        (_unit(512), "512 numbers; those of this generator's space W have 32"),
        (np.zeros(32), "length 0"),
        (np.full(32, np.nan), "not finite"),
        (9 * _unit(), "latent codes rather"),
        (np.ones((2, 8, 32)), "no direction"),
        (np.array(3.0), "1 numbers"),
        (np.array([None]), "no direction|Python objects"),
    ],
)
def test_arrays_that_are_no_direction(
    array: Any, reason: str, tiny: Target, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=reason):
        read_directions(_write(tmp_path / "some.npy", array), tiny)


def test_other_generators_are_refused_by_name(tiny: Target, tmp_path: Path) -> None:
    normal = _unit()
    for name, reason in (
        ("stylegan_ffhq_age_w_boundary.npy", "StyleGAN1"),
        ("pggan_celebahq_age_boundary.npy", "ProGAN"),
    ):
        with pytest.raises(CheckpointError, match=reason):
            read_directions(_write(tmp_path / name, normal[None]), tiny)


def _ganspace(path: Path, target: Target, seed: int = 0, **changes: Any) -> Path:
    drawn = np.random.default_rng(seed)
    rows = np.linalg.qr(drawn.standard_normal((32, 32)))[0][:5]
    named: dict[str, Any] = {
        "act_comp": rows[:, None], "act_mean": np.zeros((1, 32)), "act_stdev": np.ones(5),
        "lat_comp": rows[:, None].astype(np.float32), "lat_mean": target.w_mean[None],
        "lat_stdev": np.array([3, 2, 1, 0.5, 0.25], np.float32),
        "var_ratio": np.ones(5), "random_stdevs": np.ones(5),
    }  # fmt: skip
    np.savez(path, **(named | changes))
    return path


def test_ganspace(tiny: Target, tmp_path: Path) -> None:
    path = _ganspace(tmp_path / "stylegan2-cat_style_ipca_c5_n1000000_w.npz", tiny)
    found = read_directions(path, tiny)
    assert len(found) == 5
    assert found[0].fitted_to == "stylegan2-cat"
    np.testing.assert_allclose(np.linalg.norm(found[1].step, axis=1), 2, rtol=1e-4)
    cats = dataclasses.replace(tiny, lineage="stylegan2-cat")
    assert len(read_directions(path, cats)) == 5
    faces = dataclasses.replace(tiny, lineage=STYLEGAN2_FFHQ)
    with pytest.raises(CheckpointError, match="fitted to stylegan2-cat; this generator is"):
        read_directions(path, faces)


@pytest.mark.parametrize(
    ("name", "changes", "reason"),
    [
        ("BigGAN-512_style_ipca_c5_n1_w.npz", {}, "for BigGAN"),
        ("stylegan2-ffhq_style_ipca_c5_n1.npz", {}, "components of Z"),
        ("own.npz", {"lat_mean": np.full((1, 32), 3.0)}, "another generator: its mean of W"),
        ("own.npz", {"lat_comp": np.ones((5, 1, 32))}, "not of length 1"),
        ("own.npz", {"lat_comp": np.eye(64)[:5]}, "64 numbers"),
        ("own.npz", {"lat_stdev": np.ones(3)}, "other standard deviations"),
    ],
)
def test_ganspace_of_others(
    name: str, changes: dict[str, Any], reason: str, tiny: Target, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=reason):
        read_directions(_ganspace(tmp_path / name, tiny, **changes), tiny)


def test_components_of_e4e_and_rosinality(tiny: Target, tmp_path: Path) -> None:
    rows = cast("torch.Tensor", torch.linalg.qr(torch.randn(32, 32))[0])
    path = tmp_path / "ffhq_pca.pt"
    top = {"mean": torch.zeros(1, 32), "comp": rows[:3, None], "std": torch.tensor([3.0, 2, 1])}
    path.write_bytes(saved(top))
    found = read_directions(path, tiny)
    np.testing.assert_allclose(found[2].step, rows[2].expand(8, -1).numpy(), atol=1e-5)
    path = tmp_path / "factor.pt"
    path.write_bytes(saved({"ckpt": "a.pt", "eigvec": rows}))
    found = read_directions(path, tiny)
    assert len(found) == 32
    np.testing.assert_allclose(found[4].step[0], rows[:, 4].numpy(), atol=1e-6)  # columns


def test_a_program_in_a_direction_is_not_run(tiny: Target, tmp_path: Path) -> None:
    path = tmp_path / "age.pt"
    path.write_bytes(b"\x80\x02cposix\nsystem\nX\x05\x00\x00\x00falseq\x00\x85R.")
    for read in (read_directions, read_latents, read_style_statistics):
        with pytest.raises(CheckpointError, match=r"asks to run posix\.system"):
            read(path, tiny)


def _statistics(target: Target) -> list[list[np.ndarray[Any, Any]]]:
    ends = np.cumsum([w for _, w in target.styles])[:-1]
    return [np.split(target.s_mean, ends), np.split(np.full_like(target.s_mean, 2), ends)]


def test_statistics_of_style_space(tiny: Target, tmp_path: Path) -> None:
    path = tmp_path / "S_mean_std"
    for protocol in (2, 3, 4, 5):
        path.write_bytes(pickle.dumps(_statistics(tiny), protocol))
        found = read_style_statistics(path, tiny)
        np.testing.assert_array_equal(found[0], tiny.s_mean)
        np.testing.assert_array_equal(found[1], np.full(len(tiny.s_mean), 2))
    mean, sd = _statistics(tiny)
    path.write_bytes(pickle.dumps([[x + 1 for x in mean], sd]))
    with pytest.raises(CheckpointError, match="measured on another generator"):
        read_style_statistics(path, tiny)
    with pytest.raises(CheckpointError, match=r"another style space \(11 vectors.*26 and 9088"):
        read_style_statistics(path, config_f(""))


def test_styleclip_dictionary(tiny: Target, tmp_path: Path) -> None:
    convolutions = [w for name, w in tiny.styles if not name.endswith("torgb")]
    drawn = np.random.default_rng(0)
    rows = drawn.standard_normal((sum(convolutions[:4]), 512)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    path = _write(tmp_path / "fs3.npy", rows)  # without the last layers, as it is computed today
    found = read_clip_dictionary(path, tiny)
    names = [name for name, width in tiny.styles for _ in range(width)]
    assert found.effects.shape == (len(names), 512)
    filled = np.abs(found.effects).max(1) > 0
    assert not any(filled[i] for i, name in enumerate(names) if name.endswith("torgb"))
    np.testing.assert_array_equal(found.effects[filled], rows)
    sd = np.full(len(names), 2, np.float32)
    wanted = 7  # the eighth row: channel 7 of b4.conv1
    step = found.direction(3 * rows[wanted], sd, 0.5)
    assert step[wanted] == pytest.approx(2)
    assert np.count_nonzero(step) == 1
    with pytest.raises(ValueError, match="smaller threshold"):
        found.direction(rows[wanted] - rows[wanted + 1], sd, 0.99)
    with pytest.raises(CheckpointError, match="another style space"):
        read_clip_dictionary(_write(tmp_path / "fs3.npy", rows[:-1]), tiny)
    with pytest.raises(CheckpointError, match="no StyleCLIP dictionary"):
        read_clip_dictionary(_write(tmp_path / "fs3.npy", 2 * rows), tiny)


def test_channel_lists(tiny: Target, tmp_path: Path) -> None:
    path = tmp_path / "cats.txt"
    path.write_text("# of my cats\n3_5 ears\n\n-0_2, 1_15: whiskers  # both\n2_0\n")
    sd = np.arange(1, len(tiny.s_mean) + 1, dtype=np.float32)
    ears, whiskers, third = read_channel_list(path, tiny, sd)
    starts = np.cumsum([0, *(w for _, w in tiny.styles)])
    assert (ears.name, whiskers.name, third.name) == ("ears", "whiskers", "2_0")
    assert np.flatnonzero(ears.step).tolist() == [starts[3] + 5]
    assert ears.step[starts[3] + 5] == sd[starts[3] + 5]
    assert whiskers.step[2] == -sd[2]
    assert whiskers.step[starts[1] + 15] > 0
    for text, reason in (
        ("3_5 ears\n3_99 tail", "Line 2.*no channel 3_99"),
        ("99_0", "no channel 99_0"),
        ("ears", "Line 1.*names no channel"),
        ("# nothing", "names no channel"),
    ):
        path.write_text(text)
        with pytest.raises(CheckpointError, match=reason):
            read_channel_list(path, tiny, sd)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CheckpointError, match="as text"):
        read_channel_list(path, tiny, sd)


def test_published_channels_are_for_one_network(tiny: Target) -> None:
    target = config_f()
    sd = np.ones(9088, np.float32)
    found = {row.name: steps for row, steps in published_steps(target, sd)}
    assert set(found) == {row.name for row in published_channels()}
    assert np.argwhere(found["smile"]).tolist() == [[0, 3072 + 501]]
    assert np.flatnonzero(found["bangs"].sum(0)).size == len(found["bangs"]) == 8
    with pytest.raises(CheckpointError, match="belong to NVIDIA's FFHQ"):
        published_steps(tiny, np.ones(len(tiny.s_mean), np.float32))
    cats = dataclasses.replace(tiny, lineage="stylegan2-afhqcat")
    with pytest.raises(CheckpointError, match="is stylegan2-afhqcat"):
        published_steps(cats, np.ones(len(tiny.s_mean), np.float32))
    small = dataclasses.replace(tiny, lineage=STYLEGAN2_FFHQ)
    with pytest.raises(CheckpointError, match="do not fit"):
        published_steps(small, np.ones(len(tiny.s_mean), np.float32))


def test_published_channels_name_measures_that_there_are() -> None:
    measured = {row.name: row for row in published_channels() if row.measure}
    assert {row.measure for row in measured.values()} <= MEASURES.keys()
    assert not measured["smile"].lowers
    assert measured["black hair"].lowers, "it is less bright"
    assert "glasses" not in measured, "nothing tells them"


def test_channels_count_torgb() -> None:
    step = channel_step(["12_479"], config_f(), np.ones(9088, np.float32))
    assert np.flatnonzero(step).tolist() == [6144 + 479]  # offset of b64.conv1 among 9088


def _objects(value: object) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array(value, dtype=object), allow_pickle=True)
    return file.getvalue()


CODES = 5 * np.random.default_rng(1).standard_normal((2, 8, 32)).astype(np.float32)


def test_latents(tiny: Target, tmp_path: Path) -> None:
    rows = torch.from_numpy(CODES)
    np.savez(tmp_path / "projected_w.npz", w=np.broadcast_to(CODES[:1, :1], (1, 8, 32)))
    files = {
        "latents.pt": saved(rows),
        "older.pt": saved(rows, legacy=True),
        "latents.npy": _objects({"a.jpg": [CODES[1], CODES[0]], "b.jpg": [CODES[0], CODES[1]]}),
        "project.pt": saved(
            {f"{i}.png": {"img": torch.zeros(1), "latent": x, "noise": [torch.zeros(1, 1, 4, 4)]}
             for i, x in enumerate(rows)}
        ),
        "model_stit.pt": saved({"pivots": rows, "quads": []}),
    }  # fmt: skip
    for name, content in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        found = read_latents(path, tiny)
        np.testing.assert_array_equal([code.ws for code in found], CODES, err_msg=name)
        assert {code.space for code in found} == {"W+"}
    (code,) = read_latents(tmp_path / "projected_w.npz", tiny)
    assert code.space == "W"
    (code,) = read_latents(_write(tmp_path / "w.npy", CODES[0, 0]), tiny)
    assert code.ws.shape == (8, 32)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (5 * np.ones((1, 18, 32), np.float32), "18 rows; this generator has 8"),
        (5 * np.ones((1, 8, 512), np.float32), r"end in 32"),
        (0.01 * np.ones((1, 8, 32), np.float32), "directions rather than codes"),
        (np.full((1, 8, 32), np.inf, np.float32), "not finite"),
    ],
)
def test_latents_of_others(value: Any, reason: str, tiny: Target, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=reason):
        read_latents(_write(tmp_path / "w.npy", value), tiny)
    path = tmp_path / "x.pt"
    path.write_bytes(saved({"a": 1}))
    with pytest.raises(CheckpointError, match="no latent codes"):
        read_latents(path, tiny)


# Real files: they belong to NVIDIA's FFHQ network of 1024 pixels.


@needs_real
def test_real_directions_fit_the_network_that_they_were_fitted_to() -> None:
    for name, norm in (("age", 1), ("smile", 1), ("pose", 1)):
        path = REAL / "omertov+encoder4editing" / f"{name}.pt"
        (direction,) = read_directions(path, config_f())
        assert direction.norm == pytest.approx(norm, abs=1e-3)
        assert direction.step.shape == (18, 512)
        assert direction.fitted_to == STYLEGAN2_FFHQ
    pose = read_directions(REAL / "omertov+encoder4editing/pose.pt", config_f())[0]
    rotation = read_directions(REAL / "danielroich+PTI/rotation.pt", config_f())[0]
    np.testing.assert_allclose(pose.step, rotation.step, atol=1e-6)


@needs_real
def test_real_directions_are_refused_elsewhere(tmp_path: Path) -> None:
    other = config_f("portrait-256-3")
    for path in sorted(REAL.glob("*/*.pt")):
        copy = tmp_path / "renamed.pt"
        shutil.copyfile(path, copy)
        with pytest.raises(CheckpointError, match="fitted to stylegan2-ffhq; this generator"):
            read_directions(copy, other)
    boundaries = sorted(REAL.glob("genforce+interfacegan/*.npy"))
    assert len(boundaries) == 14
    for path in boundaries:
        copy = tmp_path / "renamed.npy"
        shutil.copyfile(path, copy)
        with pytest.raises(CheckpointError, match="StyleGAN1"):
            read_directions(copy, config_f())


@needs_real
def test_real_components_and_statistics() -> None:
    path = REAL / "omertov+encoder4editing/ffhq_pca.pt"
    with pytest.raises(CheckpointError, match=r"mean of W lies .* standard deviations"):
        read_directions(path, dataclasses.replace(config_f(), w_mean=np.ones(512, np.float32)))
    found = read_directions(path, config_f())
    assert len(found) == 80
    assert np.linalg.norm(found[0].step[0]) == pytest.approx(2.86, abs=0.01)
    folder = REAL / "rotemtzaban+STIT"
    with np.load(folder / "S_mean_std.npz") as plain:
        target = dataclasses.replace(config_f(), s_mean=plain["mean"])
        for name in ("S_mean_std", "S_mean_std.npz"):
            mean, sd = read_style_statistics(folder / name, target)
            np.testing.assert_array_equal(mean, plain["mean"])
            np.testing.assert_array_equal(sd, plain["std"])
            with pytest.raises(CheckpointError, match="measured on another"):
                read_style_statistics(folder / name, config_f())


@needs_real
def test_every_real_file_is_known() -> None:
    known = known_files()
    for path in [*REAL.glob("*/*.pt"), *REAL.glob("*/*.npy"), *REAL.glob("*/S_mean_std*")]:
        assert hashlib.sha256(path.read_bytes()).hexdigest() in known, path.name
