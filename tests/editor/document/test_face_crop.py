import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from editor.document.face import FaceCrop

# Enough of a face for the alignment: eyes 60 px apart, mouth 65 px below them.
_POINTS = np.zeros((68, 2))
_POINTS[36:42] = [-30, 0]
_POINTS[42:48] = [30, 0]
_POINTS[48], _POINTS[54] = [-22, 65], [22, 65]


def turned(degrees: float) -> np.ndarray:
    angle = np.deg2rad(degrees)
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def face(
    x: float = 300, y: float = 280, degrees: float = 0, scale: float = 1, size: int = 128
) -> FaceCrop:
    return FaceCrop.from_landmarks(scale * _POINTS @ turned(degrees).T + [x, y], size)


def mapped(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


crops = st.builds(
    face,
    st.floats(-500, 5000),
    st.floats(-500, 5000),
    st.floats(-180, 180),
    st.floats(0.1, 20),
    st.sampled_from([64, 256, 1024]),
)


@given(crops)
def test_to_crop_undoes_to_photo(crop: FaceCrop):
    points = np.random.default_rng(0).uniform(-50, crop.size + 50, (20, 2))
    back = mapped(crop.to_crop, mapped(crop.to_photo, points))
    np.testing.assert_allclose(back, points, atol=1e-6)


@given(crops)
def test_the_alignment_is_a_similarity_with_the_eyes_level(crop: FaceCrop):
    linear = crop.to_photo[:, :2]
    np.testing.assert_allclose(linear.T @ linear, crop.scale**2 * np.eye(2), atol=1e-6)
    assert np.linalg.det(linear) > 0
    marks = crop.landmarks_in_crop()
    np.testing.assert_allclose(marks[36, 1], marks[42, 1], atol=1e-5 * crop.size)
    np.testing.assert_allclose((marks[36, 0] + marks[42, 0] + 1) / crop.size, 1, atol=1e-6)


@given(crops)
def test_the_quad_holds_the_crop_edge_to_edge(crop: FaceCrop):
    sides = np.linalg.norm(np.roll(crop.quad, -1, 0) - crop.quad, axis=1)
    np.testing.assert_allclose(sides, crop.scale * crop.size, rtol=1e-9)
    np.testing.assert_allclose(
        crop.quad.mean(0), mapped(crop.to_photo, np.full((1, 2), (crop.size - 1) / 2))[0], atol=1e-8
    )


def test_the_ffhq_recipe():
    # Half side: max(eye distance × 2, eyes-to-mouth × 1.8) = 120; centre: eyes + 0.1 × to mouth.
    crop = face(size=128)
    assert crop.scale * crop.size == pytest.approx(240)
    np.testing.assert_allclose(crop.quad.mean(0), [300, 280 + 6.5])


def wave(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A picture that is smooth enough to be sampled anywhere."""
    return 128 + 60 * np.sin(x / 23 + 0.3) + 50 * np.cos(y / 31 - x / 57)


@pytest.mark.parametrize(
    ("degrees", "scale", "size"),
    [(0, 1, 128), (17, 1, 128), (-140, 1, 64), (8, 3, 128), (33, 2.2, 64), (5, 0.4, 256)],
)
@pytest.mark.parametrize("cut", [False, True])
def test_samples_lie_where_to_photo_says(degrees: float, scale: float, size: int, cut: bool):
    crop = face(502.3, 497.8, degrees, scale, size)
    y, x = np.mgrid[0:1000, 0:1000].astype(float)
    photo = np.repeat(np.rint(wave(x, y)).astype(np.uint8)[..., None], 3, 2)
    if cut:
        left, top, w, h = crop.bounds(1000, 1000, margin=0.1)
        sample = crop.sample(photo[top : top + h, left : left + w], (left, top))
    else:
        sample = crop.sample(photo)
    assert sample.shape == (size, size, 3)
    columns, rows = np.meshgrid(np.arange(size), np.arange(size))
    at = mapped(crop.to_photo, np.stack([columns, rows], -1).reshape(-1, 2))
    expected = wave(at[:, 0], at[:, 1]).reshape(size, size)
    inside = crop.coverage(1000, 1000) == 1
    difference = (sample[..., 0] - expected)[inside]
    # The wave rises by up to 4.3 levels a pixel: a shift by half a crop pixel would show.
    assert np.abs(difference).max() < 2.5
    assert np.abs(difference.mean()) < 0.25


def test_past_the_edge_the_photo_is_mirrored():
    crop = face(40, 45, size=128)
    y, x = np.mgrid[0:400, 0:400].astype(float)
    sample = crop.sample(wave(x, y).astype(np.uint8)[..., None].repeat(3, 2))
    columns, rows = np.meshgrid(np.arange(128), np.arange(128))
    at = np.abs(mapped(crop.to_photo, np.stack([columns, rows], -1).reshape(-1, 2)))
    expected = wave(at[:, 0], at[:, 1]).reshape(128, 128)
    assert np.abs(sample[..., 0] - expected).mean() < 2


def test_coverage_is_one_inside_and_zero_past_the_photo():
    assert (face().coverage(600, 600) == 1).all()
    assert (face(-5000, 300).coverage(600, 600) == 0).all()
    half = face(0, 300, size=128).coverage(600, 600)
    share = half.mean(0)
    assert share[0] == 0
    assert share[-1] == 1
    # The crop is 240 photo pixels wide around x = 0, and the photo begins at x = −0.5.
    assert half.mean() == pytest.approx(0.5 + 0.5 / 240, abs=1e-3)


def test_bounds_hold_the_quad_inside_the_photo():
    crop = face(300, 280, degrees=30)
    x, y, w, h = crop.bounds(1000, 1000)
    assert (crop.quad >= [x, y]).all()
    assert (crop.quad <= [x + w, y + h]).all()
    wide = crop.bounds(1000, 1000, margin=0.1)
    assert wide[2] == pytest.approx(w + 2 * 24, abs=2)
    assert crop.bounds(200, 200)[2:] < (w, h)
    assert 0 in face(-5000, 0).bounds(200, 200)[2:]


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
@pytest.mark.parametrize("tight", [False, True])
def test_masks_land_in_the_crop_where_they_lie_in_the_photo(scale: float, tight: bool):
    crop = face(500, 500, degrees=20, scale=scale)
    alpha = np.zeros((1000, 1000), np.uint8)
    radius = 30 * scale
    cv2.circle(alpha, (500, 500), round(radius), (255,), -1)
    x = y = 0
    if tight:
        x, y, w, h = cv2.boundingRect(alpha)
        alpha = alpha[y : y + h, x : x + w]
    mask = crop.mask_in_crop(alpha, x, y)
    centre = mapped(crop.to_crop, np.array([[500.0, 500.0]]))[0]
    columns, rows = np.meshgrid(np.arange(128), np.arange(128))
    distance = np.hypot(columns - centre[0], rows - centre[1]) * crop.scale
    assert mask.dtype == np.float32
    assert mask[distance < radius - 2 * crop.scale - 1].min() > 0.98
    assert mask[distance > radius + 2 * crop.scale + 1].max() < 0.02
    assert mask.sum() * crop.scale**2 == pytest.approx(alpha.sum() / 255, rel=0.02)


def test_a_tight_patch_and_the_whole_mask_look_the_same():
    crop = face(500, 500, scale=6, degrees=12)
    alpha = np.zeros((1000, 1000), np.uint8)
    alpha[420:560, 410:600] = 255
    whole = crop.mask_in_crop(alpha, 0, 0)
    tight = crop.mask_in_crop(alpha[420:560, 410:600], 410, 420)
    np.testing.assert_allclose(tight, whole, atol=5e-3)


def test_crops_are_equal_by_content_and_read_only():
    assert face() == face()
    assert hash(face()) == hash(face())
    assert face() != face(x=301)
    assert not face().landmarks.flags.writeable
    assert not face().to_photo.flags.writeable


def test_what_is_no_face_is_refused():
    with pytest.raises(ValueError, match="coincide"):
        FaceCrop.from_landmarks(np.ones((68, 2)), 64)
    with pytest.raises(ValueError, match="68 landmarks"):
        FaceCrop(np.ones((5, 2)), np.ones((2, 3)), 64)
