"""XMP packets edited as text: what need not change keeps its bytes.

A parser of XML only tells where things are; nothing is written anew by it, so that the packet keeps
its order, prefixes, comments and padding.

Sources: ISO 16684-1 (XMP); IPTC Photo Metadata Standard 2023.1, "Digital Source Type"; Adobe's
Ultra HDR and Google's motion photo properties, which describe pictures that an export leaves out.
"""

from __future__ import annotations

import codecs
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Named = Callable[[str, str], bool]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TIFF = "http://ns.adobe.com/tiff/1.0/"
EXIF = "http://ns.adobe.com/exif/1.0/"
XMP = "http://ns.adobe.com/xap/1.0/"
SEGMENT = XMP.encode() + b"\0"
"""What a JPEG's APP1 segment, and what was copied from one, begins with before the packet."""
IPTC_EXT = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
IPTC_CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
DC = "http://purl.org/dc/elements/1.1/"
RAW_SETTINGS = frozenset({"http://ns.adobe.com/camera-raw-settings/1.0/"})
"""Namespace of what Adobe's programs would do to raw data; done again to pixels, it spoils them."""
_AUX = frozenset(
    {"http://ns.adobe.com/exif/1.0/aux/", "http://cipa.jp/exif/1.0/", "http://cipa.jp/exif/2.32/"}
)
_NOTE = "http://ns.adobe.com/xmp/note/"
OTHER_PICTURES = frozenset(
    {"http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.google.com/photos/1.0/container/",
     "http://ns.google.com/photos/1.0/camera/",
     "http://ns.apple.com/HDRGainMap/1.0/", "http://ns.google.com/photos/1.0/image/",
     "http://ns.google.com/photos/1.0/depthmap/"}
)  # fmt: skip
"""Namespaces about pictures beside the photo: gain maps, depth, videos."""

AI_COMPOSITE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC's term for a photograph parts of which were made by a trained model."""

MAX_PACKET = 32 << 20
"""Bytes of the largest packet that is looked into."""

_PROLOGUE = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_EMPTY = (
    f'{_PROLOGUE}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
    '<rdf:Description rdf:about=""/></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>'
)
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")


@dataclass(frozen=True, slots=True)
class Container:
    """Several texts of one property.

    Attributes:
        kind: ``"Bag"`` has no order, ``"Seq"`` has one, ``"Alt"`` holds one text by language.
        texts: at least one.
    """

    kind: Literal["Bag", "Seq", "Alt"]
    texts: tuple[str, ...]


Value = str | Container


class XmpError(ValueError):
    """A packet that is no well-formed XMP."""


@dataclass(slots=True)
class _Found:
    """Where the properties of a packet are.

    Attributes:
        properties: namespace, name, first byte, byte after the last.
        description: first byte and byte after the start tag of the first rdf:Description.
        rdf: byte after the start tag of rdf:RDF.
    """

    properties: list[tuple[str, str, int, int]]
    description: tuple[int, int] | None = None
    rdf: int | None = None


def named(
    *,
    place: bool = False,
    camera: bool = False,
    layout: bool = False,
    other_pictures: bool = False,
    extended: bool = False,
    raw_settings: bool = False,
) -> Named:
    """Which properties belong to groups.

    Args:
        place: where the photo was taken.
        camera: what it was taken with, and how.
        layout: what the export makes wrong: orientation, size, thumbnails.
        other_pictures: gain maps, depth maps and videos that the export does not hold.
        extended: the mark that more stands in an extended packet.
        raw_settings: how raw data was to be developed.
    """

    def belongs(namespace: str, name: str) -> bool:
        if (other_pictures and namespace in OTHER_PICTURES) or (extended and namespace == _NOTE):
            return True
        if raw_settings and namespace in RAW_SETTINGS:
            return True
        if layout and (
            (namespace == XMP and name == "Thumbnails")
            or (namespace == TIFF and name in {"Orientation", "ImageWidth", "ImageLength"})
            or (namespace == EXIF and name in {"PixelXDimension", "PixelYDimension"})
        ):
            return True
        if place and (
            (namespace == EXIF and name.startswith("GPS"))
            or (namespace == PHOTOSHOP and name in {"City", "State", "Country"})
            or (namespace == IPTC_CORE and name in {"Location", "CountryCode"})
            or (namespace == IPTC_EXT and name.startswith("Location"))
        ):
            return True
        return camera and (
            namespace in _AUX
            or (namespace == TIFF and name in {"Make", "Model"})
            or (
                namespace == EXIF
                and not name.startswith(("GPS", "DateTime", "UserComment", "Pixel", "ColorSpace"))
            )
        )

    return belongs


def edited(
    packet: bytes | None,
    *,
    leave_out: Named | None = None,
    add: Mapping[tuple[str, str], Value] | None = None,
) -> tuple[bytes | None, str]:
    """A packet without some properties, and with others.

    Args:
        packet: as a file holds it; None for a new one.
        leave_out: which properties go.
        add: namespace and prefixed name → a property; an old one is replaced.

    Returns:
        The packet, None if there is nothing to hold; and a note, or "".
    """
    add = add or {}
    note = ""
    if packet is not None:
        try:
            gone = {(space, full.split(":")[1]) for space, full in add}
            data = utf8(packet)
            data = _cut(
                data,
                _scan(data),
                lambda s, n: (s, n) in gone or bool(leave_out and leave_out(s, n)),
            )
            return (_inserted(data, add) if add else data), note
        except XmpError:
            packet, note = None, "The XMP data is damaged and was left out."
    if packet is None and not add:
        return None, note
    return _inserted(_EMPTY.encode(), add), note


def value(packet: bytes, namespace: str, name: str) -> str | None:
    """The text of a simple property, or None.

    Raises:
        XmpError: the packet is no well-formed XMP.
    """
    data = utf8(packet)
    for space, own, start, end in _scan(data).properties:
        if (space, own) == (namespace, name):
            text = data[start:end].decode("utf-8", "replace")
            if quoted := re.fullmatch(r"""\s*[^=]+=\s*["'](.*)["']""", text, re.DOTALL):
                return quoted[1]
            return re.sub(r"<[^>]*>", "", text).strip()
    return None


def names_in(packet: bytes | None) -> frozenset[tuple[str, str]]:
    """Namespace and name of every property; none where the packet is damaged."""
    if packet is None:
        return frozenset()
    try:
        return frozenset((space, name) for space, name, *_ in _scan(utf8(packet)).properties)
    except XmpError:
        return frozenset()


def has(packet: bytes | None, namespaces: frozenset[str]) -> bool:
    """Whether any property of these namespaces is in a packet; False where it is damaged."""
    if packet is None:
        return False
    try:
        return any(space in namespaces for space, *_ in _scan(utf8(packet)).properties)
    except XmpError:
        return False


GAIN_MAP = frozenset(
    {"http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/"}
)
"""Namespaces that only a photo with a gain map uses."""


def utf8(packet: bytes) -> bytes:
    """A packet in UTF-8, whatever it was in.

    Raises:
        XmpError: it is too large, or in no encoding.
    """
    if len(packet) > MAX_PACKET:
        raise XmpError("too large")
    text = packet.strip(b"\0")
    for mark, name in (
        (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if text.startswith(mark):
            try:
                return packet.decode(name).encode()
            except UnicodeDecodeError as error:
                raise XmpError("in no encoding") from error
    return text


def _scan(data: bytes) -> _Found:
    """Find the properties: children and attributes of the rdf:Descriptions right inside rdf:RDF."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    spaces: list[dict[str, str]] = [{"xml": "http://www.w3.org/XML/1998/namespace"}]
    path: list[tuple[str, str]] = []
    starts: list[int] = []
    found = _Found([])

    def refuse(*_: object) -> None:
        raise XmpError("declares entities")

    def expanded(name: str, *, element: bool = False) -> tuple[str, str]:
        prefix, colon, local = name.rpartition(":")
        space = spaces[-1].get(prefix, "") if colon or element else ""
        return space, local

    def start(name: str, attributes: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        new = {k[6:] if ":" in k else "": v for k, v in attributes.items() if k.startswith("xmlns")}
        spaces.append(spaces[-1] | new if new else spaces[-1])
        own = expanded(name, element=True)
        if len(path) > 200:
            raise XmpError("too deep")
        starts.append(at)
        if own == (RDF, "RDF") and found.rdf is None:
            found.rdf = _tag_end(data, at)
        if own == (RDF, "Description") and path and path[-1] == (RDF, "RDF"):
            end = _tag_end(data, at)
            if found.description is None:
                found.description = (at, end)
            for match in _ATTRIBUTE.finditer(data, at, end):
                space, local = expanded(match[1].decode("utf-8", "replace"))
                if space and space != RDF and not match[1].startswith(b"xmlns"):
                    found.properties.append((space, local, match.start(), match.end()))
        path.append(own)

    def end(_: str) -> None:
        own, at = path.pop(), starts.pop()
        spaces.pop()
        if len(path) >= 2 and path[-1] == (RDF, "Description") and path[-2] == (RDF, "RDF"):
            close = _tag_end(data, at)
            if data[close - 2 : close] != b"/>":
                close = data.find(b">", parser.CurrentByteIndex) + 1
            found.properties.append((*own, at, close))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        # padding or bytes after the packet's end do no harm
        if found.rdf is None or path:
            raise XmpError(str(error)) from error
    if found.rdf is None:
        raise XmpError("holds no RDF")
    return found


def _tag_end(data: bytes, start: int) -> int:
    """The byte after a start tag, whose attributes may hold >."""
    at = start
    while at < len(data):
        if data[at : at + 1] == b">":
            return at + 1
        if data[at : at + 1] in (b'"', b"'"):
            at = data.find(data[at : at + 1], at + 1)
            if at < 0:
                break
        at += 1
    raise XmpError("a tag without an end")


def _cut(data: bytes, found: _Found, gone: Named) -> bytes:
    spans = sorted((a, b) for space, name, a, b in found.properties if gone(space, name))
    out, at = b"", 0
    for start, end in spans:
        if start >= at:
            out += data[at:start]
            at = end
    return out + data[at:]


def _written(value: Value) -> str:
    """What stands inside a property's element."""
    if isinstance(value, str):
        return html.escape(_printable(value), quote=False)
    language = ' xml:lang="x-default"' if value.kind == "Alt" else ""
    inside = "".join(f"<rdf:li{language}>{_written(text)}</rdf:li>" for text in value.texts)
    return f'<rdf:{value.kind} xmlns:rdf="{RDF}">{inside}</rdf:{value.kind}>'


def _printable(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r")


def _inserted(data: bytes, add: Mapping[tuple[str, str], Value]) -> bytes:
    found = _scan(data)
    new = b""
    for (namespace, full), value in add.items():
        prefix = full.split(":")[0]
        whole = f'<{full} xmlns:{prefix}="{namespace}">{_written(value)}</{full}>'
        new += whole.encode("utf-8", "replace")
    if found.description is None:
        if found.rdf is None or data[found.rdf - 2 : found.rdf] == b"/>":
            return _inserted(_EMPTY.encode(), add)
        holder = f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="">'.encode()
        return data[: found.rdf] + holder + new + b"</rdf:Description>" + data[found.rdf :]
    start, end = found.description
    if data[end - 2 : end] == b"/>":
        name = re.match(rb"<([^\s/>]+)", data[start:end])
        if name is None:
            raise XmpError("a tag without a name")
        return data[: end - 2] + b">" + new + b"</" + name[1] + b">" + data[end:]
    return data[:end] + new + data[end:]
