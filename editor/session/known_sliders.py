"""The sliders there are: the engine's attributes, and those that were discovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from editor.document.attributes import by_hand, table

if TYPE_CHECKING:
    from editor.document.attributes import AttributeInfo
    from editor.document.style import StyleDelta
    from editor.document.style_sliders import StyleSlider


class KnownSliders:
    """Names, labels and directions.

    Attributes:
        attributes: what the engine offers.
        kept: discovered sliders that the user kept and that fit the generator in use.
        met: discovered sliders that were moved, by id.
    """

    def __init__(self) -> None:
        self.attributes: tuple[AttributeInfo, ...] = ()
        self.kept: tuple[StyleSlider, ...] = ()
        self.met: dict[str, StyleSlider] = {}

    @property
    def discovered(self) -> dict[str, StyleSlider]:
        """Every discovered slider, by id; kept ones under the user's name."""
        return self.met | {slider.id: slider for slider in self.kept}

    @property
    def names(self) -> frozenset[str]:
        """Of the attributes, and of what tools do."""
        return frozenset(row.name for row in (*self.attributes, *by_hand()))

    def directions(self) -> dict[str, StyleDelta | None]:
        """What can be asked for again: a discovered slider's delta, None for an attribute."""
        found = {id: slider.delta for id, slider in self.discovered.items()}
        return found | dict.fromkeys(self.names)

    def row(self, name: str) -> AttributeInfo | None:
        """Of an attribute, or of what a tool does."""
        return next((row for row in (*self.attributes, *by_hand()) if row.name == name), None)

    def label(self, name: str) -> str:
        """For people."""
        slider, row = self.discovered.get(name), self.row(name)
        if slider is not None:
            return slider.label
        if row is None:  # offered no more, or not of this generator
            row = next((row for row in table() if row.name == name), None)
        return row.label if row is not None else name
