"""Exports signed with a certificate made here, and read by C2PA's own reader."""

from __future__ import annotations

import datetime
import io
import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import tifffile

from editor.command_line import commands as command_line
from editor.document import credentials as signing
from editor.document.credentials import Credentials
from editor.document.formats import xmp
from editor.document.photo import PhotoError, open_photo
from editor.document.photo_export import ExportOptions, save_photo
from tests import photo_files as files
from tests.exif_tool import needs_exiftool, told

if TYPE_CHECKING:
    from pathlib import Path

c2pa: Any = pytest.importorskip("c2pa", reason="pip install c2pa-python")

TYPES = {
    "jpg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "webp": "image/webp",
    "avif": "image/avif", "jxl": "image/jxl",
}  # fmt: skip


def made(folder: Path, kind: str = "P-256") -> Credentials:
    """A certificate for signing mail, by an authority of its own, and its key."""
    x509: Any = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    def key_of(kind: str) -> Any:
        if kind == "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        if kind == "RSA":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        return ec.generate_private_key(ec.SECP384R1() if kind == "P-384" else ec.SECP256R1())

    def name(common: str) -> Any:
        rows = ((x509.NameOID.ORGANIZATION_NAME, "Test"), (x509.NameOID.COMMON_NAME, common))
        return x509.Name([x509.NameAttribute(*row) for row in rows])

    def certificate(subject: str, key: Any, issuer: str, by: Any, *, authority: bool) -> Any:
        begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        usage = x509.KeyUsage(
            not authority, False, False, False, False, authority, authority, False, False
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin).not_valid_after(begin + datetime.timedelta(days=900))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False
            )
        )  # fmt: skip
        if not authority:
            purposes = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(purposes, critical=True)
        by_edwards = isinstance(by, ed25519.Ed25519PrivateKey)
        return builder.sign(by, None if by_edwards else hashes.SHA256())

    root, own = key_of("P-256"), key_of(kind)
    chain = [certificate("Jane", own, "CA", root,
                         authority=False)]  # fmt: skip
    chain.append(certificate("CA", root, "CA", root, authority=True))
    found = Credentials(folder / "certificate.pem", folder / "key.pem")
    pem = serialization.Encoding.PEM
    found.certificate.write_bytes(b"".join(one.public_bytes(pem) for one in chain))
    private = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    found.key.write_bytes(own.private_bytes(pem, *private))
    return found


def manifest_of(path: Path) -> tuple[str, dict[str, Any]]:
    """How valid it is, and the manifest."""
    with path.open("rb") as file:
        store = json.loads(c2pa.Reader(TYPES[path.suffix[1:]], file).json())
    return store["validation_state"], store["manifests"][store["active_manifest"]]


def actions(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    own = [one["data"] for one in manifest["assertions"] if one["label"].startswith("c2pa.actions")]
    return own[0]["actions"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.jpg"
    path.write_bytes(files.described_jpeg(files.levels(files.picture(), 8)))
    return path


@needs_exiftool
@pytest.mark.parametrize("suffix", TYPES)
def test_every_format_carries_a_valid_signature_and_all_else_as_without(
    suffix: str, source: Path, tmp_path: Path
) -> None:
    owner = made(tmp_path)
    photo = open_photo(source)
    plain, signed = tmp_path / f"plain.{suffix}", tmp_path / f"signed.{suffix}"
    save_photo(photo, photo.pixels, plain, ExportOptions())
    sign = signing.signing(owner, photo, signed, "Tester", edited=True, mark=True)
    save_photo(photo, photo.pixels, signed, ExportOptions(), sign=sign)
    state, manifest = manifest_of(signed)
    assert state == "Valid"
    assert manifest["signature_info"]["common_name"] == "Jane"
    assert [one["relationship"] for one in manifest["ingredients"]] == ["parentOf"]
    assert manifest["ingredients"][0]["title"] == "source.jpg"
    opened, edited = actions(manifest)
    assert opened["action"] == "c2pa.opened"
    assert (edited["action"], edited["digitalSourceType"]) == ("c2pa.edited", xmp.AI_COMPOSITE)
    one, other = open_photo(plain), open_photo(signed)
    assert [any("C2PA" in note for note in photo.notes) for photo in (one, other)] == [False, True]
    save_photo(other, other.pixels, plain, ExportOptions())  # what was signed is not in it
    with pytest.raises(c2pa.C2paError, match="ManifestNotFound"):
        manifest_of(plain)
    np.testing.assert_array_equal(one.pixels, other.pixels)
    assert (one.icc, one.dpi, one.metadata.xmp) == (other.icc, other.dpi, other.metadata.xmp)
    before, after = told(plain), told(signed)
    for name in ("EXIF:Artist", "EXIF:GPSLatitude", "XMP:Rating", "XMP:DigitalSourceType"):
        assert after[name] == before[name], name


@pytest.mark.parametrize("kind", ["P-384", "RSA", "Ed25519"])
def test_keys_of_every_kind_sign(kind: str, tmp_path: Path) -> None:
    signing.check(made(tmp_path, kind))


def test_an_export_without_edits_and_one_without_the_mark_claim_no_model(
    source: Path, tmp_path: Path
) -> None:
    owner, photo = made(tmp_path), open_photo(source)
    for edited, mark in ((False, True), (True, False)):
        out = tmp_path / f"{edited}.jpg"
        sign = signing.signing(owner, photo, out, "Tester", edited=edited, mark=mark)
        save_photo(photo, photo.pixels, out, ExportOptions(ai_mark=mark), sign=sign)
        (action,) = actions(manifest_of(out)[1])[1:]
        assert action["action"] == ("c2pa.edited" if edited else "c2pa.transcoded")
        assert "digitalSourceType" not in action


def test_layers_stay_in_a_signed_tiff(source: Path, tmp_path: Path) -> None:
    owner, photo, out = made(tmp_path), open_photo(source), tmp_path / "a.tif"
    sign = signing.signing(owner, photo, out, "Tester", edited=True, mark=True)
    save_photo(photo, photo.pixels, out, ExportOptions(layers=True), (), sign)
    plain = tmp_path / "plain.tif"
    save_photo(photo, photo.pixels, plain, ExportOptions(layers=True))
    with tifffile.TiffFile(out) as one, tifffile.TiffFile(plain) as other:
        assert one.pages.first.tags[37724].value == other.pages.first.tags[37724].value
    assert manifest_of(out)[0] == "Valid"


def test_what_cannot_sign_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    good, bad = made(tmp_path), tmp_path / "bad"
    bad.mkdir()
    other = made(bad)
    (tmp_path / "text.pem").write_text("no key")
    for owner in (
        Credentials(good.certificate, other.key),
        Credentials(good.certificate, tmp_path / "text.pem"),
        Credentials(tmp_path / "text.pem", good.key),
    ):
        with pytest.raises(PhotoError, match="cannot sign"):
            signing.check(owner)
    with pytest.raises(PhotoError, match="does not exist"):
        signing.check(Credentials(tmp_path / "none.pem", good.key))


def test_the_command_line_refuses_half_of_it(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    owner = made(tmp_path)
    words = ["edit", source, "-o", tmp_path / "a.jpg", "--set", "smile=5", "--sign"]
    assert command_line.main([str(word) for word in (*words, owner.certificate)]) == 2
    assert "--sign-key" in capsys.readouterr().err
    words += [tmp_path / "none.pem", "--sign-key", owner.key]
    assert command_line.main([str(word) for word in words]) == 2
    assert "none.pem does not exist" in capsys.readouterr().err


def test_without_its_part_the_next_step_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = made(tmp_path)
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(PhotoError, match="c2pa-python"):
        signing.check(owner)


def test_a_signature_fits_its_bytes_only(source: Path, tmp_path: Path) -> None:
    owner, photo, out = made(tmp_path), open_photo(source), tmp_path / "a.png"
    sign = signing.signing(owner, photo, out, "Tester", edited=True, mark=True)
    save_photo(photo, photo.pixels, out, ExportOptions(), sign=sign)
    data = bytearray(out.read_bytes())
    data[-30] ^= 1
    store = json.loads(c2pa.Reader("image/png", io.BytesIO(data)).json())
    assert store["validation_state"] == "Invalid"
