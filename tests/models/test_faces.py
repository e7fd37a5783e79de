"""Google's networks in PyTorch answer what the originals answer; meshes follow the face."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

import resources
from models.checkpoints import WEIGHTS, CheckpointError, load_tensors
from models.faces import blendshapes, mesh_network, network_parts, person
from models.faces.blendshapes import BlendshapeNetwork, load_blendshapes
from models.faces.detection import Candidate, strongest
from models.faces.finder import DOUBTFUL, FaceFinder, FoundFace
from models.faces.ibug import MIRRORED
from models.faces.mesh import (
    FaceMesh,
    FoundMesh,
    aligned_frame,
    frame_at,
    frame_of_landmarks,
    frame_of_points,
    square,
)
from models.faces.mesh_network import FaceMeshNetwork, load_face_mesh
from models.faces.mesh_shape import eye_distance, reprojection_error
from models.faces.person import PersonNetwork, load_person
from models.training.convert_faces import CONVERSIONS, converted
from models.training.face_reference import pictures
from models.training.mesh_layout import chosen
from models.training.mesh_shape import table
from models.training.tflite import operators
from resources.face_mesh import ibug_landmarks, ibug_shares, mean_mesh, mirrored

DATA = Path(__file__).parents[1] / "data"
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    """What Google's files answered in LiteRT (models.training.face_reference)."""
    with np.load(DATA / "faces-reference.npz") as archive:
        return dict(archive)


@pytest.fixture(scope="module")
def seen(reference: dict[str, np.ndarray]) -> torch.Tensor:
    return torch.from_numpy(pictures(reference["small"])).permute(0, 3, 1, 2)


@pytest.fixture(scope="module")
def sample() -> np.ndarray:
    bgr = cv2.imread(str(resources.path("sample-portrait.jpg")))
    assert bgr is not None
    return np.ascontiguousarray(bgr[..., ::-1])


@pytest.fixture(scope="module")
def mesh() -> FaceMesh:
    return FaceMesh.load(CPU)


@pytest.fixture(scope="module")
def of_sample(mesh: FaceMesh, sample: np.ndarray) -> FoundMesh:
    return mesh.found([sample], [aligned_frame(sample.shape[0])])[0]


# ------------------------------------------------------------------ equal to the originals


def test_the_mesh_equals_googles_within_a_hundredth_of_a_pixel(
    reference: dict[str, np.ndarray], seen: torch.Tensor
) -> None:
    points, scores = load_face_mesh(CPU)(seen)
    assert np.abs(points.numpy() - reference["points"]).max() < 0.01
    assert np.abs(scores.numpy() - reference["scores"]).max() < 0.001
    assert scores[0] > 0 > scores[1]  # the portrait is a face, noise is none


def test_coefficients_equal_googles(reference: dict[str, np.ndarray]) -> None:
    found = load_blendshapes(CPU)(torch.from_numpy(reference["points"]))
    assert np.abs(found.numpy() - reference["coefficients"]).max() < 1e-4


def test_the_persons_mask_equals_googles(
    reference: dict[str, np.ndarray], seen: torch.Tensor
) -> None:
    found = load_person(CPU)(seen)[:, 0, ::8, ::8].numpy()
    assert np.abs(found - reference["mask"]).max() < 1e-3
    assert found[0, 12:20, 12:20].min() > 0.9  # the middle of the portrait


def test_gradients_reach_the_picture(seen: torch.Tensor) -> None:
    picture = seen[:1].clone().requires_grad_(True)
    points, _ = load_face_mesh(CPU)(picture)
    load_blendshapes(CPU)(points).sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().max() > 0


def test_damaged_or_foreign_weights_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray((WEIGHTS / person.FILE).read_bytes())
    monkeypatch.setattr(network_parts, "WEIGHTS", tmp_path)
    whole = hashlib.sha256(content).hexdigest()
    (tmp_path / mesh_network.FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match="another network"):
        network_parts.frozen(FaceMeshNetwork(), mesh_network.FILE, whole, CPU)
    content[-1] ^= 1
    (tmp_path / person.FILE).write_bytes(content)
    with pytest.raises(CheckpointError, match="damaged"):
        load_person(CPU)


# ------------------------------------------------------------------ conversion


def test_operators_come_with_the_constants_that_they_use() -> None:
    convolution, sigmoid = operators((DATA / "convolution.tflite").read_bytes())
    weights, bias = convolution.constants
    assert (convolution.kind, sigmoid.kind) == ("conv", "logistic")
    assert weights.dtype == np.float16  # through the operator that unpacks it
    assert weights.shape == (2, 1, 1, 4)
    assert weights.ravel().tolist() == list(range(8))
    assert bias.tolist() == [1.5, -2]
    assert sigmoid.constants == ()
    assert sigmoid.outputs == (5,)


def test_other_files_are_not_converted() -> None:
    with pytest.raises(ValueError, match="TensorFlow Lite"):
        list(operators(b"PK\3\4" * 9))
    with pytest.raises(ValueError, match="another file"):
        converted(CONVERSIONS[0], (DATA / "convolution.tflite").read_bytes())


@pytest.mark.parametrize("number", range(3))
def test_weights_name_the_file_that_they_were_converted_from(number: int) -> None:
    conversion = CONVERSIONS[number]
    _, metadata = load_tensors(WEIGHTS / conversion.target, None)
    assert conversion.source in metadata["origin"]
    assert conversion.sha256 in metadata["origin"]


def test_networks_have_the_weights_that_were_converted() -> None:
    kinds = {
        mesh_network.FILE: FaceMeshNetwork,
        blendshapes.FILE: BlendshapeNetwork,
        person.FILE: PersonNetwork,
    }
    for conversion in CONVERSIONS:
        tensors, _ = load_tensors(WEIGHTS / conversion.target, None)
        assert conversion.network is kinds[conversion.target]
        assert {t.dtype for t in tensors.values()} == {torch.float16}


# ------------------------------------------------------------------ meshes in photographs


def shrunk(picture: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)


def moved(picture: np.ndarray, degrees: float, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Turned and scaled about its middle, and the matrix that did it."""
    middle = ((picture.shape[1] - 1) / 2, (picture.shape[0] - 1) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, scale)
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], flags=cv2.INTER_AREA), matrix


@pytest.mark.parametrize(("degrees", "scale"), [(20, 0.8), (-25, 0.6), (0, 0.3)])
def test_points_turn_and_shrink_with_the_face(
    mesh: FaceMesh, sample: np.ndarray, of_sample: FoundMesh, degrees: float, scale: float
) -> None:
    picture, matrix = moved(sample, degrees, scale)
    side = sample.shape[0]
    linear = np.vstack([matrix, [0, 0, 1]])
    centre = linear @ [0.503 * side, 0.593 * side, 1]
    frame = frame_at((centre[0], centre[1]), 0.98 * side * scale)  # upright: the tilt is not told
    (found,) = mesh.found([picture], [frame], 3)
    expected = of_sample.points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    off = np.linalg.norm(found.points[:, :2] - expected, axis=1)
    assert off.mean() < 0.02 * eye_distance(expected)
    assert found.score > 0.9


def test_the_mirror_image_has_the_mirrored_mesh(
    mesh: FaceMesh, sample: np.ndarray, of_sample: FoundMesh
) -> None:
    side = sample.shape[0]
    flipped = np.ascontiguousarray(sample[:, ::-1])
    (found,) = mesh.found([flipped], [aligned_frame(side)])
    back = found.points[mirrored()]
    back[:, 0] = side - 1 - back[:, 0]
    off = np.linalg.norm(back - of_sample.points, axis=1)
    assert off.max() < 0.01 * eye_distance(back)


def test_faces_of_several_pictures_are_those_of_each(
    mesh: FaceMesh, sample: np.ndarray, of_sample: FoundMesh
) -> None:
    small = shrunk(sample, 200)
    side = sample.shape[0]
    both = mesh.found([small, sample], [aligned_frame(200), aligned_frame(side)])
    np.testing.assert_allclose(both[1].points, of_sample.points, atol=0.02)
    assert both[0].points[:, 0].max() < 200
    assert mesh.found([], []) == []


def test_where_no_face_is_the_score_says_so(mesh: FaceMesh) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (300, 300, 3), np.uint8)
    (found,) = mesh.found([noise], [frame_at((150, 150), 200)])
    assert found.score < 0.1


@pytest.mark.parametrize("apart", [0.0, 1e-4, 0.02])
def test_a_mesh_whose_eyes_fall_together_is_no_face(apart: float) -> None:
    """Its distance from a face's, in eye distances, was too much for an exponential."""
    points = 100 * mean_mesh()
    eyes = np.asarray(ibug_shares()[36:48].any(0))
    points[eyes] = points[eyes].mean(0) + apart * (points[eyes] - points[eyes].mean(0))
    assert FoundFace(points, 1.0, 0.0, 0.0, "hog").confidence < 0.01


def test_one_pass_has_no_drift(mesh: FaceMesh, sample: np.ndarray) -> None:
    (found,) = mesh.found([sample], [aligned_frame(sample.shape[0])], 1)
    assert math.isinf(found.drift)


def test_the_square_is_what_lies_in_the_frame() -> None:
    rows, columns = np.mgrid[0:120, 0:160]
    picture = np.dstack([columns, rows, np.zeros_like(rows)]).astype(np.uint8)
    seen = square(picture, frame_at((80, 50), 32), 32).astype(int)
    # The middle of 32 pixels is between the 16th and the 17th.
    assert seen[15:17, 15:17, 0].mean() == pytest.approx(80, abs=0.6)
    assert seen[15:17, 15:17, 1].mean() == pytest.approx(50, abs=0.6)
    assert seen[0, 0, 0] == pytest.approx(80 - 15.5, abs=1)
    turned = square(picture, frame_at((80, 50), 32, math.pi / 2), 32).astype(int)
    assert turned[15, 31, 1] - turned[15, 0, 1] == pytest.approx(31, abs=1)  # to the right is down
    shrunk = square(picture, frame_at((80, 60), 96), 32).astype(int)
    assert shrunk[16, 31, 0] - shrunk[16, 0, 0] == pytest.approx(93, abs=2)


def test_the_next_frame_has_level_eyes_and_half_as_much_again() -> None:
    angle = 0.3
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    points = 50 * mean_mesh()[:, :2] @ turn.T + [300, 200]
    frame = frame_of_points(points)
    assert math.atan2(frame[1, 0], frame[0, 0]) == pytest.approx(angle, abs=0.01)
    inside = np.linalg.solve(frame[:, :2], (points - frame[:, 2]).T).T
    assert np.ptp(inside, axis=0).max() == pytest.approx(1 / 1.5, abs=0.01)
    assert ((inside.min(0) + inside.max(0)) / 2).tolist() == pytest.approx([0.5, 0.5], abs=0.01)


def test_known_landmarks_give_the_frame_that_their_mesh_gives(of_sample: FoundMesh) -> None:
    landmarks, expected = ibug_landmarks(of_sample.points), of_sample.frame
    frame = frame_of_landmarks(landmarks)
    side = math.hypot(expected[0, 0], expected[1, 0])
    np.testing.assert_allclose(frame, expected, atol=0.12 * side)
    turn = np.array([[0.0, -1.0], [1.0, 0.0]])  # the face lies on its side
    lying = frame_of_landmarks(landmarks @ turn.T)
    np.testing.assert_allclose(lying, turn @ frame, atol=1e-9)


# ------------------------------------------------------------------ shape, layout, coefficients


def test_the_mean_mesh_is_its_own_mirror_image() -> None:
    mean, partner = mean_mesh(), mirrored()
    np.testing.assert_array_equal(partner[partner], np.arange(478))
    np.testing.assert_allclose(mean[partner] * [-1, 1, 1], mean, atol=2e-3)
    assert eye_distance(mean) == pytest.approx(1, abs=1e-3)
    assert mean[1, 2] < mean[33, 2]  # the nose is nearer than the eyes
    assert reprojection_error(70 * mean + 9) < 1e-9


def test_the_table_of_the_mean_comes_out_again() -> None:
    turn = np.array([[1, 0, 0.05], [0, 1, 0], [-0.05, 0, 1]])  # nearly frontal, as a mean is
    again = table(30 * mean_mesh() @ turn + 4)
    np.testing.assert_allclose(again[:, :3], mean_mesh(), atol=5e-3)
    np.testing.assert_array_equal(again[:, 3], mirrored())


def test_the_68_landmarks_lie_in_order_and_mirror_each_other() -> None:
    landmarks = ibug_landmarks(mean_mesh())
    np.testing.assert_allclose(landmarks[list(MIRRORED)] * [-1, 1], landmarks, atol=2e-3)
    p = landmarks
    assert p[36:42, 0].mean() < p[27:31, 0].mean() < p[42:48, 0].mean()
    assert p[17:27, 1].mean() < p[36:48, 1].mean() < p[31:36, 1].mean() < p[48:68, 1].mean()
    assert (np.diff(p[:17, 0]) > 0).all()  # the jaw, from one ear to the other
    assert p[8, 1] == p[:, 1].max()
    for upper, lower in ((37, 41), (38, 40), (51, 57), (62, 66), (50, 58)):
        assert p[upper, 1] <= p[lower, 1]


def test_the_layout_finds_a_landmark_between_two_points() -> None:
    rng = np.random.default_rng(0)
    faces = mean_mesh()[None, :, :2] + rng.normal(0, 0.02, (40, 478, 2))
    landmarks = np.array([ibug_landmarks(face) for face in faces])
    a, b = 149, 176  # neighbours on the jaw
    landmarks[:, 7] = 0.4 * faces[:, a] + 0.6 * faces[:, b]
    mirror = mirrored()
    landmarks[:, 9] = 0.4 * faces[:, mirror[a]] + 0.6 * faces[:, mirror[b]]
    rows = [row for row in chosen(faces, landmarks) if row[0] == 7]
    assert [(p, round(s, 2)) for _, p, s in rows] == [(a, 0.4), (b, 0.6)]


def test_coefficients_do_not_depend_on_place_and_size(of_sample: FoundMesh) -> None:
    network = load_blendshapes(CPU)
    points = torch.from_numpy(of_sample.points).float()
    values = network(torch.stack([points, 0.37 * points + 60]))
    assert values.shape == (2, len(blendshapes.NAMES))
    torch.testing.assert_close(values[0], values[1], atol=2e-3, rtol=0)


def test_open_jaws_and_smiles_are_seen(of_sample: FoundMesh) -> None:
    network = load_blendshapes(CPU)
    points = torch.from_numpy(of_sample.points).float()
    unit = eye_distance(of_sample.points)
    opened, closed = points.clone(), points.clone()
    below = [14, 87, 178, 88, 95, 317, 402, 318, 324, 17, 84, 181, 91, 146, 314, 405, 321, 375, 152]
    opened[below, 1] += 0.4 * unit
    before, after = network(torch.stack([closed, opened]))
    jaw = blendshapes.NAMES.index("jawOpen")
    assert after[jaw] > before[jaw] + 0.2


# ------------------------------------------------------------------ finding


class _Given:
    """A detector that sees what it is told."""

    def __init__(self, *searches: list[Candidate]) -> None:
        self.asked = 0
        self._searches = searches

    def searches(self, picture: np.ndarray):
        for search in self._searches:
            self.asked += 1
            yield search


def candidate(x: float, y: float, side: float, tilt: float = 0.0, score: float = 1.0) -> Candidate:
    return Candidate(x, y, side, tilt, score, "hog")


def test_faces_are_found_largest_first(mesh: FaceMesh, sample: np.ndarray) -> None:
    canvas = np.full((500, 900, 3), 120, np.uint8)
    canvas[50:250, 50:250] = shrunk(sample, 200)
    canvas[50:450, 450:850] = shrunk(sample, 400)
    large, small = FaceFinder(mesh).detect(canvas)
    assert large.size > 1.5 * small.size
    assert large.landmarks[30, 0] > 450 > small.landmarks[30, 0]
    assert min(large.confidence, small.confidence) > 0.8


def test_a_face_upside_down_is_found(mesh: FaceMesh, sample: np.ndarray) -> None:
    small = shrunk(sample, 320)
    (upright,) = FaceFinder(mesh).detect(small)
    (found,) = FaceFinder(mesh).detect(np.ascontiguousarray(small[::-1, ::-1]))
    off = np.linalg.norm((319 - found.points[:, :2]) - upright.points[:, :2], axis=1)
    assert off.mean() < 0.02 * eye_distance(upright.points)
    assert found.confidence > DOUBTFUL


def test_a_picture_without_a_face_has_none_to_rely_on(mesh: FaceMesh) -> None:
    assert FaceFinder(mesh).detect(np.full((60, 80, 3), 128, np.uint8)) == []
    assert FaceFinder(mesh).detect(np.zeros((8, 300, 3), np.uint8)) == []


def test_a_detection_beside_the_face_is_doubted_and_the_search_goes_on(
    mesh: FaceMesh, sample: np.ndarray
) -> None:
    small = shrunk(sample, 256)
    beside, right = candidate(30, 20, 40), candidate(0.49 * 256, 0.62 * 256, 0.6 * 256)
    detector = _Given([beside], [right], [])
    found = FaceFinder(mesh, detector).detect(small)  # pyright: ignore[reportArgumentType]
    assert detector.asked == 2
    assert found[0].confidence > 0.8
    assert found[0].detector == "hog"


def test_a_face_that_no_detector_sees_is_seen_by_the_mesh_itself(
    mesh: FaceMesh, sample: np.ndarray
) -> None:
    canvas = np.full((420, 700, 3), 120, np.uint8)
    canvas[60:316, 350:606] = shrunk(sample, 256)
    right = candidate(350 + 0.49 * 256, 60 + 0.62 * 256, 0.6 * 256)
    (expected,) = FaceFinder(mesh, _Given([right])).detect(canvas)  # pyright: ignore[reportArgumentType]
    beside = candidate(80, 70, 40)
    (found,) = FaceFinder(mesh, _Given([], [beside])).detect(canvas)  # pyright: ignore[reportArgumentType]
    off = np.linalg.norm(found.points[:, :2] - expected.points[:, :2], axis=1)
    assert off.mean() < 0.02 * eye_distance(expected.points)
    assert (found.detector, found.confidence > 0.8) == ("mesh", True)
    # Larger than what the network looks through: its points are those of the photograph.
    large = np.kron(canvas, np.ones((3, 3, 1), np.uint8))
    (found,) = FaceFinder(mesh, _Given([])).detect(large)  # pyright: ignore[reportArgumentType]
    off = np.linalg.norm(found.points[:, :2] - (3 * expected.points[:, :2] + 1), axis=1)
    assert off.mean() < 0.06 * eye_distance(expected.points)


def test_the_mesh_itself_sees_no_face_where_there_is_none(
    mesh: FaceMesh, sample: np.ndarray
) -> None:
    rng = np.random.default_rng(3)
    noise = cv2.resize(rng.integers(0, 255, (30, 40, 3), np.uint8), (400, 300))
    clothes = np.ascontiguousarray(shrunk(sample, 512)[440:, :])
    for picture in (noise, clothes):
        found = FaceFinder(mesh, _Given([])).detect(picture)  # pyright: ignore[reportArgumentType]
        assert found == []


def test_a_detection_that_stands_on_its_head_is_turned(mesh: FaceMesh, sample: np.ndarray) -> None:
    small = shrunk(sample, 256)
    right = candidate(0.49 * 256, 0.62 * 256, 0.6 * 256)
    wrong = candidate(0.49 * 256, 0.58 * 256, 0.6 * 256, math.pi)
    (expected,) = FaceFinder(mesh, _Given([right])).detect(small)  # pyright: ignore[reportArgumentType]
    (found,) = FaceFinder(mesh, _Given([wrong])).detect(small)  # pyright: ignore[reportArgumentType]
    off = np.linalg.norm(found.points[:, :2] - expected.points[:, :2], axis=1)
    assert off.mean() < 0.02 * eye_distance(expected.points)
    assert found.confidence > 0.8


def test_the_strongest_of_each_place_remain() -> None:
    weak, strong, other = (
        candidate(100, 100, 50, score=0.2),
        candidate(105, 100, 50, score=0.9),
        candidate(300, 100, 50, score=0.5),
    )
    assert strongest([weak, strong, other]) == [strong, other]
