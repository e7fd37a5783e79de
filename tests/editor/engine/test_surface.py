"""Movement and new surface between two renders, and how new surface is made to look."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from editor.document.byte_cache import ByteCache
from editor.document.face import FaceCrop
from editor.document.region import RegionMask
from editor.engine.compositing import surface
from editor.engine.compositing.renders import Kept, RenderedEdit
from editor.engine.compositing.surface import Grain, Surface, explained, narrowed, surface_flow
from tests.editor.renders import SIDE, blurred_noise, redder


def test_colour_alone_makes_neither_flow_nor_new_surface() -> None:
    face = blurred_noise()
    flow, novelty = surface_flow(face, redder(face))
    assert not flow.any()
    assert novelty.max() < 0.5


def test_a_shift_makes_its_flow_and_no_new_surface() -> None:
    face = blurred_noise()
    flow, novelty = surface_flow(face, np.roll(face, 4, axis=1))
    middle = (slice(30, 98), slice(30, 98))
    np.testing.assert_allclose(np.median(flow[middle][..., 0]), -4, atol=0.5)
    np.testing.assert_allclose(np.median(flow[middle][..., 1]), 0, atol=0.3)
    assert np.quantile(novelty[middle], 0.95) < 0.5


def test_a_patch_of_another_colour_and_pattern_is_new_surface() -> None:
    before = blurred_noise()
    after = before.copy()
    cv2.ellipse(after, (64, 64), (16, 6), 0, 0, 360, (0.9, 0.9, 0.85), -1)
    _, novelty = surface_flow(before, after)
    assert np.median(novelty[61:68, 54:75]) > 1
    assert np.quantile(novelty[:40], 0.99) < 0.5


def test_strands_that_change_at_512_pixels_do_not_make_the_surface_flow() -> None:
    def enlarged(face: np.ndarray, strands: int) -> np.ndarray:
        large = cv2.resize(face, (512, 512), interpolation=cv2.INTER_CUBIC)
        drawn = np.random.default_rng(strands).normal(0, 0.02, (1, 512, 1))
        return (large + drawn).clip(0, 1).astype(np.float32)

    face = blurred_noise()
    still = Surface.between(enlarged(face, 1), enlarged(redder(face), 2))
    assert still.flow.shape == (512, 512, 2)
    assert np.quantile(np.abs(still.flow), 0.99) < 4.5, "6.5 between the whole renders"
    moved = Surface.between(enlarged(face, 1), enlarged(np.roll(face, 4, axis=1), 1))
    middle = (slice(120, 392), slice(120, 392))
    np.testing.assert_allclose(np.median(moved.flow[middle][..., 0]), -4 * 512 / SIDE, atol=2)


def test_flow_between_two_renders_is_computed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def counted(
        before: np.ndarray, after: np.ndarray, *, quick: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        nonlocal calls
        calls += 1
        return surface_flow(before, after, quick=quick)

    monkeypatch.setattr(surface, "surface_flow", counted)
    kept = Kept.within(ByteCache(10 << 20))
    face, region = blurred_noise(seed=77), RegionMask.empty(9, 9)
    crop = FaceCrop(np.zeros((68, 2)), np.eye(3)[:2], len(face))

    def between(before: np.ndarray, after: np.ndarray, *, still: bool = False) -> Surface:
        return kept.surface(RenderedEdit.of(crop, region, before, after, still=still))

    first = between(face, redder(face))
    assert between(face.copy(), redder(face)) is first
    assert calls == 1
    between(face, np.roll(face, 3, axis=1))
    assert calls == 2
    assert not between(face, np.roll(face, 5, axis=1), still=True).flow.any()
    assert calls == 2, "where only colours change nothing is looked for"


def test_a_quick_flow_is_another_and_near() -> None:
    kept = Kept.within(ByteCache(10 << 20))
    face, region = blurred_noise(seed=77), RegionMask.empty(9, 9)
    crop = FaceCrop(np.zeros((68, 2)), np.eye(3)[:2], len(face))
    edit = RenderedEdit.of(crop, region, face, np.roll(face, 4, axis=1))
    passing = replace(edit, quick=True)
    fine, quick = kept.surface(edit), kept.surface(passing)
    assert fine is not quick
    assert passing.digest != edit.digest, "what is laid quickly is not kept for what is not"
    middle = (slice(30, 98), slice(30, 98))
    for found in (fine, quick):
        assert np.median(found.flow[middle][..., 0]) == pytest.approx(-4, abs=0.5)
        assert np.median(found.flow[middle][..., 1]) == pytest.approx(0, abs=0.3)


def _portrait() -> np.ndarray:
    """Skin, eyes and a mouth, (SIDE, SIDE, 3)."""
    face = np.full((SIDE, SIDE, 3), (0.75, 0.58, 0.5), np.float32)
    for eye in ((45, 50), (83, 50)):
        cv2.ellipse(face, eye, (9, 4), 0, 0, 360, (0.2, 0.15, 0.12), -1)
    cv2.ellipse(face, (64, 90), (16, 5), 0, 0, 360, (0.7, 0.3, 0.3), -1)
    return np.asarray(cv2.GaussianBlur(face, (0, 0), 1.0), np.float32)


def test_what_hides_the_face_is_not_explained() -> None:
    base = _portrait()
    seen = base.copy()
    cv2.ellipse(seen, (64, 92), (30, 11), 20, 0, 360, (0.3, 0.42, 0.6), -1)
    known = explained(seen, base)
    assert known[88:96, 50:78].max() == 0
    assert known[:60].min() == 1


def test_beard_freckles_light_and_a_soft_inversion_are_explained() -> None:
    rng = np.random.default_rng(2)
    seen = _portrait()
    base = np.asarray(cv2.GaussianBlur(seen, (0, 0), 2.5), np.float32)
    for x, y in rng.integers(5, SIDE - 5, (60, 2)):
        cv2.circle(seen, (int(x), int(y)), 1, (0.45, 0.3, 0.2), -1)
    seen[80:] *= 1 - 0.5 * (rng.random((SIDE - 80, SIDE, 1)) < 0.3).astype(np.float32)
    seen *= np.linspace(0.7, 1.1, SIDE, dtype=np.float32)[:, None]
    assert explained(seen, base).min() == 1


def test_what_hides_the_face_is_told_alike_of_renders_with_more_pixels() -> None:
    base = _portrait()
    seen = base.copy()
    cv2.ellipse(seen, (64, 92), (30, 11), 20, 0, 360, (0.3, 0.42, 0.6), -1)
    cv2.line(seen, (10, 30), (118, 34), (0.3, 0.42, 0.6), 2)
    half, whole = (
        explained(*(np.repeat(np.repeat(p, n, 0), n, 1) for p in (seen, base))) for n in (2, 4)
    )
    assert whole.shape == (512, 512)
    averages = cv2.resize(whole, (256, 256), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(averages, half, atol=0.15)


def test_a_face_that_the_generator_misses_everywhere_is_still_edited() -> None:
    base = _portrait()
    coarse = np.random.default_rng(5).random((SIDE, SIDE, 3)).astype(np.float32)
    coarse = np.asarray(cv2.GaussianBlur(coarse, (0, 0), 8), np.float32)
    coarse = 0.2 * (coarse - coarse.mean()) / coarse.std()
    assert explained(np.clip(base + coarse, 0, 1), base).mean() > 0.9


def test_narrowed_edges_are_steeper_and_overshoot_nothing() -> None:
    step = np.zeros((40, 40, 3), np.float32)
    step[:, 20:] = 0.8
    soft = np.asarray(cv2.GaussianBlur(step + 0.1, (0, 0), 1.0), np.float32)
    plain = cv2.resize(soft, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    sharp = narrowed(soft, 4)
    assert sharp.shape == plain.shape
    steepest = [np.abs(np.diff(p[80, :, 0])).max() for p in (plain, sharp)]
    assert steepest[1] > 1.5 * steepest[0]
    assert sharp.max() <= plain.max() + 1e-3
    assert sharp.min() >= plain.min() - 1e-3
    crossing = [int((p[80, :, 0] < 0.5).sum()) for p in (plain, sharp)]
    assert abs(crossing[0] - crossing[1]) <= 1, "the edge moved"


def test_narrowing_leaves_smooth_shading_alone() -> None:
    ramp = np.linspace(0.2, 0.5, 60, dtype=np.float32)
    shading = np.repeat(np.broadcast_to(ramp, (60, 60))[..., None], 3, -1).copy()
    plain = cv2.resize(shading, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    np.testing.assert_allclose(
        narrowed(shading, 4)[20:-20, 20:-20], plain[20:-20, 20:-20], atol=2e-3
    )


def _noisy(left: float, right: float, sigma: float = 0) -> np.ndarray:
    noise = np.random.default_rng(3).standard_normal((600, 900, 3)).astype(np.float32)
    if sigma:
        noise = cv2.GaussianBlur(noise, (0, 0), sigma)
        noise /= noise.std()
    noise *= np.where(np.arange(900) < 450, left, right)[:, None]
    return ((0.5 + noise).clip(0, 1) * 65535).astype(np.uint16)


def test_grain_is_as_strong_as_what_surrounds_it() -> None:
    grain = Grain.of(_noisy(0.01, 0.04))
    assert grain.sample(0, 0, 200, 600).std() == pytest.approx(0.01, rel=0.25)
    assert grain.sample(700, 0, 200, 600).std() == pytest.approx(0.04, rel=0.25)


def test_grain_is_as_coarse_as_what_surrounds_it() -> None:
    def fineness(picture: np.ndarray) -> float:
        return float(np.diff(picture, axis=1).std() / picture.std())

    for sigma in (0.0, 1.2):
        picture = _noisy(0.02, 0.02, sigma)
        made = Grain.of(picture).sample(0, 0, 900, 600)
        assert fineness(made) == pytest.approx(fineness(picture / np.float32(65535)), rel=0.3)


def test_grain_adds_nothing_coarser_than_what_is_missing() -> None:
    picture = _noisy(0.02, 0.02, 1.2)
    fine = Grain.of(picture, missing=1.0).sample(0, 0, 900, 600)
    assert fine.std() < 0.6 * Grain.of(picture).sample(0, 0, 900, 600).std()


def test_no_grain_on_a_flat_picture_and_edges_are_no_grain() -> None:
    flat = np.full((300, 300, 3), 30000, np.uint16)
    flat[:, 150:] = 50000
    assert np.abs(Grain.of(flat).sample(0, 0, 300, 300)).max() < 1e-4


def test_parts_of_the_grain_join() -> None:
    grain = Grain.of(_noisy(0.01, 0.03))
    whole = grain.sample(0, 0, 300, 200)
    np.testing.assert_allclose(grain.sample(100, 50, 120, 90), whole[50:140, 100:220], atol=1e-6)
