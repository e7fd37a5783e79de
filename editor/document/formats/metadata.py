"""What a file says about its photograph, besides the pixels and their colours."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from editor.document.formats import exif, iptc, xmp

MetadataGroup = Literal["place", "camera", "all"]
"""What can be left out of an export."""


@dataclass(frozen=True, slots=True)
class Metadata:
    r"""Packets as files hold them.

    Attributes:
        exif: ``Exif\0\0`` and a TIFF structure.
        xmp: an XMP packet, UTF-8.
        extended: the packet in which the properties stand that XMP in a JPEG has no room for.
        iptc: datasets of IPTC-IIM.
        resources: Photoshop's image resources but for IPTC, XMP, EXIF, profile and thumbnails.
        text: keywords and texts of a PNG, or the comment of a JPEG.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    extended: bytes | None = None
    iptc: bytes | None = None
    resources: bytes | None = None
    text: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return any((self.exif, self.xmp, self.extended, self.iptc, self.resources, self.text))

    def replaced(self, **packets: bytes | None) -> Metadata:
        """With other packets."""
        return replace(self, **packets)  # pyright: ignore[reportArgumentType] - by name

    def without(self, groups: frozenset[MetadataGroup]) -> Metadata:
        """Without what a group tells, in every packet."""
        if "all" in groups:
            return Metadata()
        place, camera = "place" in groups, "camera" in groups
        if not (place or camera):
            return self
        return replace(
            self,
            exif=exif.without(self.exif, place=place, camera=camera) if self.exif else None,
            xmp=xmp.edited(self.xmp, leave_out=xmp.named(place=place, camera=camera))[0]
            if self.xmp
            else None,
            extended=None,  # whatever it tells is not sorted by groups
            iptc=iptc.without_place(self.iptc) if self.iptc and place else self.iptc,
        )
