"""The face parser: its network, what it is shown, its labels, and what is drawn for it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from models.checkpoints import CheckpointError, load_tensors
from models.faces import parser as face_parser
from models.faces.face_classes import CONTOURS, MIRRORED, UNKNOWN
from models.faces.parser import (
    GUIDES,
    FaceParser,
    ParserNetwork,
    features,
    guides,
    mirror_image,
    with_features,
)
from models.generator import Generator
from models.training import parser_mean
from models.training.dataset import is_held_out
from models.training.parser_batches import ForkedBatches, Pool
from models.training.parser_data import Changing, Example, spectacled
from models.training.parser_draw import Drawing, draw_parts, part, read_drawn, read_named
from models.training.parser_guess import corrected, named_part
from models.training.parser_head import GeneratorFeatures, load_head, trained_head
from models.training.parser_label import read_labels
from models.training.parser_labels import (
    drawn,
    frozen,
    outlines,
    packed_line,
    parsed,
    unpacked_line,
)
from models.training.train_parser import ParserRecipe, ParserTraining, exported, loss_of
from resources.face_classes import CLASSES
from resources.face_mesh import mean_mesh, mirrored

LABELS = Path(__file__).parents[1] / "data" / "parser-labels.json"
LEARNED = Path(face_parser.__file__).parents[1] / "training" / "parser-labels.json"


@pytest.fixture(scope="module")
def mesh() -> np.ndarray:
    """A frontal face in the middle of 512 pixels, with irises."""
    mean = mean_mesh()[:, :2]
    low, high = mean.min(0), mean.max(0)
    return (mean - (low + high) / 2) * (300 / (high - low).max()) + 256


@pytest.fixture(scope="module")
def example(mesh: np.ndarray) -> Example:
    picture = np.full((512, 512, 3), 90, np.uint8)
    picture[:110] = (40, 30, 20)
    labels = drawn(picture, mesh, [("hair~0", "100,0 412,0 412,110 100,110")])
    return Example(picture, labels, mesh, np.ones((256, 256), np.float32))


def number(name: str) -> int:
    return CLASSES.index(name)


def test_mirrored_classes_are_the_other_sides() -> None:
    assert [CLASSES[n] for n in MIRRORED][3:7] == [
        "left brow",
        "right brow",
        "left eye",
        "right eye",
    ]
    assert [MIRRORED[n] for n in MIRRORED] == list(range(len(CLASSES)))


def test_guides_of_a_mirrored_face_are_mirrored_guides(mesh: np.ndarray) -> None:
    person = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (256, 1))
    plain = guides(mesh, person, 0.25, 128)
    assert plain.shape == (GUIDES, 128, 128)
    other = mesh[mirrored()]
    other[:, 0] = 511 - other[:, 0]
    flipped = guides(other, person[:, ::-1].copy(), 0.25, 128)
    assert np.abs(mirror_image(torch.from_numpy(plain[None]))[0].numpy() - flipped).mean() < 0.01


def test_a_mirrored_picture_gives_mirrored_shares(mesh: np.ndarray) -> None:
    torch.manual_seed(0)
    parser = FaceParser(torch.device("cpu"), ParserNetwork().eval())
    crop = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    crop = np.asarray(cv2.resize(crop, (512, 512), interpolation=cv2.INTER_CUBIC), np.uint8)
    other = mesh[mirrored()]
    other[:, 0] = 511 - other[:, 0]
    shares = parser.seen(crop, mesh)
    back = parser.seen(np.ascontiguousarray(crop[:, ::-1]), other)[list(MIRRORED), :, ::-1]
    assert np.abs(shares - back).mean() < 0.002 * shares.max()


class _Dark(ParserNetwork):
    """Calls all that is dark glasses, and remembers how large the pictures were."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[tuple[int, int]] = []

    def forward(self, pictures: torch.Tensor, guides: torch.Tensor) -> torch.Tensor:
        self.sizes.append((pictures.shape[-2], pictures.shape[-1]))
        dark = 12 * (torch.nn.functional.avg_pool2d(pictures.mean(1, keepdim=True), 2) < 0)
        logits = torch.zeros(len(pictures), len(CLASSES), *guides.shape[-2:])
        logits[:, CLASSES.index("glasses")] = dark[:, 0]
        return logits


def test_glasses_are_looked_at_again_more_closely(mesh: np.ndarray) -> None:
    network = _Dark()
    parser = FaceParser(torch.device("cpu"), network)
    crop = np.full((512, 512, 3), 200, np.uint8)
    parser.seen(crop, mesh)
    assert network.sizes == [(face_parser.SIDE,) * 2], "nothing dark: once is enough"
    eyes = round(mesh[[33, 133, 362, 263], 1].mean())
    crop[eyes - 12 : eyes + 12, 150:362] = 20
    crop[500:504] = 20  # too low for glasses
    shares = parser.seen(crop, mesh)
    assert network.sizes[2][1] == face_parser.CLOSE_SIDE
    assert network.sizes[2][0] < 0.6 * face_parser.CLOSE_SIDE
    np.testing.assert_allclose(shares.sum(0), 1, atol=1e-5)
    worn = shares[CLASSES.index("glasses")] > 0.5
    assert np.flatnonzero(worn[:480, 256]).tolist() == list(range(eyes - 12, eyes + 12))
    assert worn[502].all(), "beyond the eyes the first look stays"


def test_a_drawing_paints_shapes_beneath_and_over_the_features(mesh: np.ndarray) -> None:
    picture = np.full((512, 512, 3), 90, np.uint8)
    whole = "0,0 511,0 511,511 0,511"
    beneath = drawn(picture, mesh, [("hair~0", whole)])
    assert beneath[tuple(np.round(mesh[1, ::-1]).astype(int))] == number("nose")
    assert number("skin") not in beneath, "hair lies over the skin"
    over = drawn(picture, mesh, [("unknown!", whole)])
    assert (over == UNKNOWN).all()
    without = drawn(picture, mesh, [("-left eye", "")])
    assert number("left eye") not in without
    assert number("right eye") in without
    stroke = drawn(picture, mesh, [("glasses/7", "100,250 400,250")])
    assert stroke[250, 256] == number("glasses")
    assert 6 <= (stroke[:, 256] == number("glasses")).sum() <= 9


def test_a_border_goes_to_the_pictures_edge(mesh: np.ndarray) -> None:
    picture = np.full((512, 512, 3), 200, np.uint8)
    picture[:80, 100:400] = 20
    noise = np.random.default_rng(0).normal(0, 4, picture.shape)
    picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    rough = "104,0 396,0 396,75 104,75"
    found = drawn(picture, mesh, [("hair", rough)]) == number("hair")
    wanted = np.zeros((512, 512), np.bool_)
    wanted[:80, 100:400] = True
    outside = found & ~wanted
    assert (found & wanted).sum() > 0.98 * wanted.sum()
    assert outside.sum() < 0.01 * wanted.sum()


@pytest.mark.parametrize("shape", [("wig", "1,1 2,2 3,3"), ("hair", "1,1 2"), ("hair", "a,b")])
def test_what_cannot_be_understood_is_refused(mesh: np.ndarray, shape: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"class|points|convert"):
        drawn(np.zeros((512, 512, 3), np.uint8), mesh, [shape])


def test_outlines_come_to_the_map_that_they_were_made_of(example: Example) -> None:
    labels = example.labels.copy()
    labels[300:340, 20:80] = UNKNOWN
    labels[310:320, 40:60] = number("clothes")  # inside another part
    again = frozen(outlines(labels))
    assert (again == labels).mean() > 0.995
    assert (again[314:316, 44:56] == number("clothes")).all()
    assert parsed("1,2 3,4").tolist() == [[1, 2], [3, 4]]


def test_lines_of_steps_are_the_corners_that_they_were_made_of() -> None:
    random = np.random.default_rng(0)
    near, far = random.integers(-45, 46, (40, 2)).cumsum(0), random.integers(0, 512, (40, 2))
    for corners in (near, far, np.array([[0, 0], [511, 511], [0, 511]])):
        line = packed_line(corners.astype(np.int32))
        np.testing.assert_array_equal(unpacked_line(line), corners)
        assert not set(line) & set('"\\ ')


@pytest.mark.parametrize("line", ["é", "~", "~a", "!!!"])
def test_other_lines_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="no line of steps"):
        unpacked_line(line)


def test_features_lie_where_the_mesh_has_them_unless_something_covers_them(
    mesh: np.ndarray,
) -> None:
    random = np.random.default_rng(0)
    shares = random.uniform(0.0, 0.02, (len(CLASSES), 512, 512)).astype(np.float32)
    shares[number("skin")] += 1.0  # it sees no feature anywhere
    covered = np.s_[:, 256:]  # nor skin there
    shares[number("skin")][covered] -= 1.0
    shares[number("glasses")][covered] += 1.0
    shares /= shares.sum(0)
    open_mouth = mesh.copy()
    open_mouth[[14, 87, 317, 178, 402, 88, 318, 95, 324], 1] += 25
    shares[number("teeth"), :, :256] += shares[number("mouth"), :, :256] * 3
    shares /= shares.sum(0)
    found = with_features(shares.copy(), open_mouth)
    np.testing.assert_allclose(found.sum(0), 1, atol=1e-5)
    wanted, labels = features(open_mouth, 512), found.argmax(0)
    assert set(CONTOURS) <= {CLASSES[n] for n in np.unique(wanted)}
    assert (labels[covered] == number("glasses")).all()
    left = np.arange(512) < 256
    for name in CONTOURS:
        here = (wanted == number(name)) & left
        if name == "mouth":
            assert (labels[here] == number("teeth")).mean() > 0.8
        else:
            assert (labels[here] == number(name)).all()
    assert (labels[(wanted == 0) & left] == number("skin")).all()


def test_changed_examples_differ_and_keep_their_labels_true(example: Example) -> None:
    seen, drawings, labels = Changing([example.picture], 3).example(example)
    again, _, _ = Changing([example.picture], 3).example(example)
    other, _, _ = Changing([example.picture], 4).example(example)
    np.testing.assert_array_equal(seen, again)
    assert (seen != other).any()
    assert seen.shape == (*labels.shape, 3)
    lips = drawings[list(CONTOURS).index("upper lip")] > 0.5
    inside = labels[::2, ::2][lips]
    assert (inside == number("upper lip")).mean() > 0.6, "the guides go along with the labels"


def test_learning_lowers_the_loss_and_goes_on_where_it_was(example: Example) -> None:
    recipe = ParserRecipe(1, batch=1, rate=2e-3, trunk=0)
    cpu = torch.device("cpu")
    training = ParserTraining(recipe, cpu)
    training.seconds = 10
    picture, drawings, labels = example.plain
    batch = (
        torch.from_numpy(picture[:128, 128:256]).permute(2, 0, 1)[None].float() / 127.5 - 1,
        torch.from_numpy(drawings[:, :64, 64:128])[None],
        torch.from_numpy(labels[:128:2, 128:256:2])[None].long(),
    )
    losses = [training.step(*batch) for _ in range(12)]
    assert losses[-1] < 0.7 * losses[0]
    other = ParserTraining(ParserRecipe(1, batch=1, rate=2e-3, trunk=0, seed=5), cpu)
    other.restore(training.state())
    assert other.steps == 12
    assert other.step(*batch) == pytest.approx(training.step(*batch), abs=1e-6)


def test_an_export_is_what_the_program_loads(tmp_path: Path) -> None:
    training = ParserTraining(ParserRecipe(1), torch.device("cpu"))
    path = tmp_path / "face-parser.safetensors"
    path.write_bytes(training.exported())
    assert path.stat().st_size < 1_500_000
    tensors, _ = load_tensors(path, None)
    network = ParserNetwork().eval()
    network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
    x, drawings = torch.rand(1, 3, 64, 64) * 2 - 1, torch.rand(1, GUIDES, 32, 32)
    with torch.inference_mode():
        wanted, found = training.network.eval()(x, drawings), network(x, drawings)
    assert found.shape == (1, len(CLASSES), 32, 32)
    assert (wanted - found).abs().max() < 0.05 * wanted.abs().max()


def test_the_mean_of_trainings_is_of_their_averages(tmp_path: Path) -> None:
    cpu = torch.device("cpu")
    one, other = (ParserTraining(ParserRecipe(1, seed=seed), cpu) for seed in (0, 1))
    files = [tmp_path / name for name in ("one", "other", "unlike")]
    unlike = save({"average.classes.bias": torch.zeros(3)})
    for file, state in zip(files, (one.state(), other.state(), unlike), strict=True):
        file.write_bytes(state)
    mean = parser_mean.mean(files[:2])
    assert mean.keys() == one.average.keys()
    name = "classes.weight"
    assert not torch.equal(one.average[name], other.average[name])
    assert torch.allclose(mean[name], (one.average[name] + other.average[name]) / 2)
    path = tmp_path / "face-parser.safetensors"
    path.write_bytes(exported(mean, {}))
    tensors, _ = load_tensors(path, None)
    ParserNetwork().load_state_dict({n: tensor.float() for n, tensor in tensors.items()})
    with pytest.raises(ValueError, match="one network's trainings"):
        parser_mean.mean(files[::2])
    with pytest.raises(ValueError, match="one network's trainings"):
        parser_mean.mean([])


def test_unknown_pixels_count_nowhere() -> None:
    logits = torch.randn(1, len(CLASSES), 4, 4)
    labels = torch.full((1, 4, 4), 3)
    labels[0, 0] = UNKNOWN
    changed = logits.clone()
    changed[:, :, 0] = torch.randn(1, len(CLASSES), 4)
    assert loss_of(logits, labels) == loss_of(changed, labels)


def test_a_head_learns_labels_of_samples_and_knows_its_generator() -> None:
    generator = Generator.tiny(resolution=32)
    features = GeneratorFeatures(generator)
    w = generator.mapping(torch.randn(3, 32, generator=torch.Generator().manual_seed(1)))
    pictures, _ = features.of(w)
    labels = (pictures.mean(1) > pictures.mean()).to(torch.uint8)
    told: list[float] = []
    head = trained_head(features, w, labels, 100, lambda step, loss: told.append(loss))
    assert told[-1] < told[0]
    found, apart = head.labels(features.of(w)[1], 32)
    assert (found == labels).float().mean() > 0.8
    assert (apart >= -1e-5).all()
    again = load_head(head.exported(), features.channels)
    assert torch.equal(again.labels(features.of(w)[1], 32)[0], found)
    wider = GeneratorFeatures(Generator.tiny(resolution=32, width=24)).channels
    with pytest.raises(ValueError, match="another generator"):
        load_head(head.exported(), wider)


def test_drawn_faces_come_back_from_their_part(tmp_path: Path, example: Example) -> None:
    path = tmp_path / "drawn-00000.tar"
    path.write_bytes(part([example, example]))
    again = read_drawn(path)
    assert len(again) == 2
    np.testing.assert_array_equal(again[1].labels, example.labels)
    np.testing.assert_allclose(again[1].mesh, example.mesh, atol=1e-4)
    assert np.abs(again[1].picture.astype(int) - example.picture).max() < 12


class Asked:
    """Draws the same faces always, each a little more doubtful, and remembers the seeds."""

    def __init__(self, example: Example) -> None:
        self.example = example
        self.seeds: list[int] = []

    def faces(self, count: int, seed: int) -> list[tuple[Example, float]]:
        self.seeds.append(seed)
        return [(self.example, 0.1 * number) for number in range(count)]


def test_drawing_goes_on_after_the_parts_that_are_there(tmp_path: Path, example: Example) -> None:
    first = Asked(example)
    draw_parts(cast("Drawing", first), tmp_path, 15, 0, 5)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["drawn-00000.tar", "drawn-00001.tar", "drawn-00002.tar"]
    assert len(read_drawn(tmp_path / files[0])) == 4, "the most doubtful tenth is left out"
    (tmp_path / files[1]).unlink()
    again = Asked(example)
    draw_parts(cast("Drawing", again), tmp_path, 15, 0, 5)
    assert again.seeds == first.seeds[1:2]
    assert (tmp_path / files[1]).is_file()


def test_what_is_measured_was_never_learned() -> None:
    measured = {row.name for row in read_labels(LABELS)}
    learned = {row.name for row in read_labels(LEARNED)}
    assert len(measured) >= 40
    assert not measured & learned
    sources = ("photo", "0", "1")  # photographs, and the pairs, which have numbers
    assert all(name.startswith(sources) or is_held_out(name) for name in measured)
    drawn_by_ours = [name for name in learned if name.startswith("sample_")]
    assert not any(is_held_out(name) for name in learned - set(drawn_by_ours))


def test_other_weights_are_refused_with_advice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "face-parser.safetensors"
    tensors = load(ParserTraining(ParserRecipe(1), torch.device("cpu")).exported())
    tensors.pop("classes.bias")
    path.write_bytes(save(tensors))
    monkeypatch.setattr("models.faces.network_parts.WEIGHTS", tmp_path)
    with pytest.raises(CheckpointError, match="damaged"):
        FaceParser(torch.device("cpu"))
    monkeypatch.setattr(face_parser, "SHA256", None)
    with pytest.raises(CheckpointError, match="another network"):
        FaceParser(torch.device("cpu"))
    path.unlink()
    with pytest.raises(CheckpointError, match="missing") as refusal:
        FaceParser(torch.device("cpu"))
    assert "Restore" in refusal.value.advice


def test_glasses_are_drawn_before_the_eyes_and_labelled(example: Example) -> None:
    random = np.random.default_rng(0)
    light = example.picture.astype(np.float32)
    for _ in range(8):
        worn, labels = spectacled(random, light, example.labels, example.mesh)
        glasses = labels == number("glasses")
        rows, columns = np.nonzero(glasses)
        assert rows.min() > example.mesh[10, 1]
        assert rows.max() < example.mesh[0, 1], "not on the lips"
        assert columns.min() < example.mesh[133, 0] < example.mesh[362, 0] < columns.max()
        assert np.abs(worn - light)[glasses].mean() > 5
        np.testing.assert_array_equal(labels[~glasses], example.labels[~glasses])


@pytest.mark.slow
def test_a_hat_of_anothers_is_worn_where_this_face_would_have_it(example: Example) -> None:
    labels = example.labels.copy()
    labels[:60] = number("hat")
    donor = Example(np.full_like(example.picture, 250), labels, example.mesh, example.person)
    moved = Example(
        example.picture, example.labels, example.mesh + np.array([0, 40]), example.person
    )
    shown = [Changing([example.picture], seed, [donor]).example(moved) for seed in range(20)]
    wearing = [labels for _, _, labels in shown if (labels == number("hat")).sum() > 2000]
    assert 1 <= len(wearing) < 10


def test_forked_batches_come_from_their_pools(example: Example) -> None:
    bald = Example(example.picture, np.ones_like(example.labels), example.mesh, example.person)
    with ForkedBatches([Pool([example], 0.0), Pool([bald], 1.0)], [], 2, 1) as batches:
        for _ in range(3):
            pictures, drawings, labels = batches.batch(torch.device("cpu"))
            assert pictures.shape == (2, 3, face_parser.SIDE, face_parser.SIDE)
            assert drawings.shape == (2, GUIDES, face_parser.SIDE // 2, face_parser.SIDE // 2)
            assert pictures.abs().max() <= 1
            assert not (labels == number("hair")).any()


def test_guesses_are_corrected_as_someone_decided(tmp_path: Path, example: Example) -> None:
    path = tmp_path / "guessed.tar"
    path.write_bytes(named_part({"civil_1": example}))
    read = read_named(path)
    assert list(read) == ["civil_1"]
    guessed = read["civil_1"]
    hair = guessed.labels == number("hair")
    assert (corrected(guessed, "covered").labels[hair] == number("hat")).mean() > 0.95
    hat = corrected(guessed, "hat")
    assert (hat.labels[hair] == number("hat")).mean() > 0.95
    assert (hat.labels == number("skin")).sum() == (guessed.labels == number("skin")).sum()
    assert (corrected(hat, "hair").labels[hair] == number("hair")).mean() > 0.95
    np.testing.assert_array_equal(corrected(guessed, "as guessed").labels, guessed.labels)
    rims = guessed.labels.copy()
    x, y = (int(v) for v in example.mesh[[33, 133], :2].mean(0))
    cv2.circle(rims, (x, y), 20, number("glasses"), 3)
    worn = Example(guessed.picture, rims, guessed.mesh, guessed.person)
    assert corrected(worn, "dark lenses").labels[y, x] == number("glasses")
    with pytest.raises(ValueError, match="no decision"):
        corrected(guessed, "perhaps")


def test_a_run_begins_with_what_fits_of_another(example: Example) -> None:
    first = ParserTraining(ParserRecipe(1), torch.device("cpu"))
    for tensor in first.average.values():
        tensor.add_(1)
    other = ParserTraining(ParserRecipe(1, seed=3), torch.device("cpu"))
    other.begin_with(first.state())
    for name, tensor in other.network.state_dict().items():
        torch.testing.assert_close(tensor, first.average[name])
    with pytest.raises(ValueError, match="another network"):
        other.begin_with(save({"average.nothing": torch.zeros(1)}))
