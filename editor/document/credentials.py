"""Content credentials (C2PA): what was done to a photo, signed with the user's own certificate.

An optional part, ``c2pa-python``. Nothing is fetched or sent: no time stamp is asked for.

Sources: C2PA Technical Specification 2.2, sections 14.5 (certificates) and 18.15 (actions).
"""

from __future__ import annotations

import importlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from editor.document.files import BudgetError, read_failure, read_file
from editor.document.formats import xmp
from editor.document.formats.decoded import MAX_FILE, PhotoError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from editor.document.photo import Photo

_LARGEST = 1 << 20  # bytes of a certificate or a key
_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".webp": "image/webp", ".avif": "image/avif", ".jxl": "image/jxl",
}  # fmt: skip
_SOURCES = {
    "JPEG": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff", "WEBP": "image/webp",
    "AVIF": "image/avif", "HEIF": "image/heif", "JXL": "image/jxl",
}  # fmt: skip
_DRAWN = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation"
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
_NEXT = (
    "Sign with a certificate for documents or e-mail, in PEM with its chain after it, and with its "
    "key as PKCS #8 without a password."
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whose signature exports carry.

    Attributes:
        certificate: PEM, its chain after it.
        key: PEM, PKCS #8, not encrypted.
    """

    certificate: Path
    key: Path


def check(credentials: Credentials) -> None:
    """Sign a picture of one pixel, so that what cannot sign is refused before anything is done.

    Raises:
        PhotoError: the optional part is not installed, or certificate or key cannot be used.
    """
    picture = io.BytesIO()
    Image.new("RGB", (1, 1)).save(picture, "JPEG")
    action = {"action": "c2pa.created", "digitalSourceType": _DRAWN}
    manifest = _manifest("a test of this certificate", [action], "check")
    _signed(credentials, picture.getvalue(), "image/jpeg", manifest)


def signing(
    credentials: Credentials, photo: Photo, path: Path, software: str, *, edited: bool, mark: bool
) -> Callable[[bytes], bytes]:
    """What puts a signed manifest into an exported file.

    Args:
        credentials: whose.
        photo: what was edited; named as the parent, with its own credentials where it has some.
        path: of the export.
        software: the program's name.
        edited: whether there is an edit.
        mark: whether the edits are told to be a trained model's.
    """
    action: dict[str, Any] = {
        "action": "c2pa.edited" if edited else "c2pa.transcoded",
        "softwareAgent": {"name": software},
    }
    if edited and mark:
        action["digitalSourceType"] = xmp.AI_COMPOSITE
    manifest = _manifest(path.name, [action], software)

    def sign(data: bytes) -> bytes:
        return _signed(credentials, data, _TYPES[path.suffix.lower()], manifest, photo)

    return sign


def _manifest(title: str, actions: list[dict[str, Any]], software: str) -> dict[str, Any]:
    return {
        "claim_generator_info": [{"name": software}],
        "title": title,
        "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
    }


def _signed(
    credentials: Credentials,
    data: bytes,
    kind: str,
    manifest: dict[str, Any],
    photo: Photo | None = None,
) -> bytes:
    try:
        c2pa: Any = importlib.import_module("c2pa")
    except ImportError as error:
        raise PhotoError(
            "The part that signs content credentials is not installed.",
            "Install it with “pip install c2pa-python”.",
        ) from error
    certificate, key = _pem(credentials.certificate), _pem(credentials.key)
    try:
        info = c2pa.C2paSignerInfo(_algorithm(key).encode(), certificate, key, None)
        signed = io.BytesIO()
        with c2pa.Signer.from_info(info) as signer, c2pa.Builder(json.dumps(manifest)) as builder:
            if photo is not None:
                builder.set_intent(c2pa.C2paBuilderIntent.EDIT)
                name = photo.path.name if photo.path else "photo"
                parent = json.dumps({"title": name, "relationship": "parentOf"})
                builder.add_ingredient(parent, *_parent(photo, data, kind))
            builder.sign(signer, kind, io.BytesIO(data), signed)
    except (c2pa.C2paError, ValueError, TypeError) as error:
        raise PhotoError(f"The credentials cannot sign ({error}).", _NEXT) from error
    return signed.getvalue()


def _parent(photo: Photo, data: bytes, kind: str) -> tuple[str, io.BytesIO]:
    """The photo's file, or the export where that is of no kind that can be named or has gone."""
    own = _SOURCES.get(photo.file_format)
    if own is not None and photo.path is not None:
        try:
            return own, io.BytesIO(read_file(photo.path, MAX_FILE))
        except (OSError, BudgetError):  # moved since it was opened
            return kind, io.BytesIO(data)
    return kind, io.BytesIO(data)


def _pem(path: Path) -> bytes:
    try:
        return read_file(path, _LARGEST)
    except OSError as error:
        raise PhotoError(*read_failure(error, path)) from error
    except BudgetError as error:
        raise PhotoError(f"{path.name} is no PEM file ({error}).", _NEXT) from error


def _algorithm(key: bytes) -> str:
    """By the kind of key, as C2PA allows them.

    Raises:
        ValueError, TypeError: it is none, encrypted, or of a kind that C2PA does not know.
    """
    serialization: Any = importlib.import_module("cryptography.hazmat.primitives.serialization")
    loaded: Any = serialization.load_pem_private_key(key, password=None)
    kind = type(loaded).__name__
    if "Ed25519" in kind:
        return "ed25519"
    if "RSA" in kind:
        return "ps256"
    curve = str(getattr(getattr(loaded, "curve", None), "name", kind))
    if curve not in _CURVES:
        raise ValueError(f"a key of the kind {curve}")
    return _CURVES[curve]
