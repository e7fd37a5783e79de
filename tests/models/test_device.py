"""Where half precision pays."""

from __future__ import annotations

import pytest
import torch

from models.device import halves_well

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("bfloat16", "tiles", "pays"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_cpu_that_multiplies_bfloat16_itself_searches_in_it(
    monkeypatch: pytest.MonkeyPatch, bfloat16: bool, tiles: bool, pays: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: bfloat16, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: tiles, raising=False)
    assert halves_well(CPU) is pays


def test_a_torch_that_does_not_tell_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"):
        monkeypatch.delattr(torch.cpu, name, raising=False)
    assert not halves_well(CPU)


def test_other_devices_have_graphs_instead() -> None:
    assert not halves_well(torch.device("cuda"))
    assert not halves_well(torch.device("mps"))
