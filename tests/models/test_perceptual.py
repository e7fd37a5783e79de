from __future__ import annotations

import torch

from models.perceptual import (
    EfficientNetLite,
    feature_distance,
    load_efficientnet_lite,
    seen,
    weights_file,
)


def test_folded_network_equals_the_published_one() -> None:
    plain = EfficientNetLite()
    tensors = torch.load(weights_file(), map_location="cpu", weights_only=True)
    plain.load_state_dict({name: tensors[name] for name in plain.state_dict()})
    plain.eval()
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.no_grad():
        for a, b in zip(load_efficientnet_lite()(x), plain(x), strict=True):
            torch.testing.assert_close(a, b, atol=1e-3, rtol=1e-3)


def test_maps_have_the_stated_strides_and_widths() -> None:
    maps = load_efficientnet_lite()(torch.zeros(2, 3, 96, 64))
    assert [tuple(m.shape) for m in maps] == [
        (2, 24, 24, 16), (2, 40, 12, 8), (2, 112, 6, 4), (2, 320, 3, 2),
    ]  # fmt: skip


def test_distance_is_zero_at_home_grows_and_obeys_its_weight() -> None:
    network = load_efficientnet_lite()
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    y = x.clone()
    y[..., :32] = 0
    a, b = network(x), network(y)
    assert feature_distance(a, a).item() == 0
    assert feature_distance(b, a).item() > 0.05
    left = [torch.zeros(1, 1, *m.shape[2:]) for m in a]
    right = [torch.zeros(1, 1, *m.shape[2:]) for m in a]
    for near, far in zip(left, right, strict=True):
        near[..., : near.shape[-1] // 2] = 1
        far[..., near.shape[-1] // 2 :] = 1
    assert feature_distance(b, a, left).item() > 2 * feature_distance(b, a, right).item()


def test_what_is_seen_is_256_pixels_at_most() -> None:
    picture = torch.rand(1, 3, 512, 512)
    assert seen(picture).shape == (1, 3, 256, 256)
    torch.testing.assert_close(seen(picture)[0, :, 3, 5], picture[0, :, 6:8, 10:12].mean((1, 2)))
    small = torch.rand(1, 3, 128, 128)
    assert seen(small) is small
