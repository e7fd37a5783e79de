"""The photograph of a project is found again, never lost, and never fetched from a stranger."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import cv2
import numpy as np
import pytest
from PIL import Image

from editor.document import photo_source
from editor.document.photo import Photo, decode_photo, open_photo
from editor.document.photo_source import PhotoNotFoundError, PhotoSource, pixel_digest
from editor.document.project import (
    Project,
    ProjectError,
    find_photo,
    open_project,
    save_project,
    save_with_photo,
)
from tests.editor.document.project_examples import (
    H,
    W,
    members_in,
    picture,
    portrait,
    with_json,
    write_picture,
)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return write_picture(tmp_path / "photo.png")


def project_of(photo: Photo) -> Project:
    """As the session makes one."""
    portraits = (portrait(),)
    return Project(photo.path, photo.sha256, photo.width, photo.height, portraits)


def rate(path: Path, stars: int = 5) -> None:
    """Change metadata and nothing else, as a photo manager does."""
    with Image.open(path) as image:
        image.load()
        exif = image.getexif()
        exif[0x4746] = stars
        image.save(path, exif=exif)


def save(photo: Photo, path: Path, source: PhotoSource | None = None, *, embed: bool = False):
    return save_with_photo(
        project_of(photo), path, photo, source or PhotoSource.of(photo), embed=embed
    )


def reopened(path: Path) -> tuple[Photo, PhotoSource, tuple[str, ...]]:
    project, inside = open_project(path)
    assert project.missing == ()
    found = find_photo(project, path, inside)
    return found.photo, found.source, found.notes


# ------------------------------------------------------------------ with the photo inside


def test_the_bytes_that_were_opened_go_inside(tmp_path: Path, photo: Path):
    opened = open_photo(photo)
    saved = save(opened, tmp_path / "a.sip", embed=True)
    assert saved.embedded
    assert saved.notes == ()
    assert members_in((tmp_path / "a.sip").read_bytes())["photo/original"] == photo.read_bytes()


def test_saving_again_elsewhere_keeps_the_photo_inside(tmp_path: Path, photo: Path):
    """Fault 1: open a project with the photo inside, Ctrl+S, and it was gone."""
    save(open_photo(photo), tmp_path / "a.sip", embed=True)
    photo.unlink()  # the friend's machine
    again, source, _ = reopened(tmp_path / "a.sip")
    assert source.embedded is not None
    saved = save(again, tmp_path / "a.sip", source)  # with no wish to embed
    assert saved.embedded
    assert "no file of its own" in saved.notes[0]
    assert reopened(tmp_path / "a.sip")[0].sha256 == again.sha256


def test_a_rating_meanwhile_goes_inside_with_its_new_digest(tmp_path: Path, photo: Path):
    """Fault 2: saved silently, "damaged" for ever after."""
    opened = open_photo(photo)
    rate(photo)
    saved = save(opened, tmp_path / "a.sip", embed=True)
    assert saved.source.sha256 == hashlib.sha256(photo.read_bytes()).hexdigest()
    again, _, notes = reopened(tmp_path / "a.sip")
    assert np.array_equal(again.pixels, opened.pixels)
    assert notes == ()


@pytest.mark.parametrize("fate", ["overwritten", "gone", "a pipe"])
@pytest.mark.parametrize("deep", [False, True])
def test_without_its_file_the_picture_itself_goes_inside(tmp_path: Path, fate: str, deep: bool):
    """Fault 2: an export over the photograph, saved with the photo inside, never opened again."""
    path = tmp_path / "photo.png"
    pixels = picture().astype(np.uint16) * 257 + 3 if deep else picture()
    write_picture(path, pixels)
    opened = open_photo(path)
    if fate == "overwritten":
        write_picture(path, 255 - picture())
    else:
        path.unlink()
    if fate == "a pipe":
        os.mkfifo(path)
    saved = save(opened, tmp_path / "a.sip", embed=True)
    assert "without loss" in saved.notes[0]
    again, source, notes = reopened(tmp_path / "a.sip")
    assert pixel_digest(again) == pixel_digest(opened)
    assert source.embedded == saved.source.embedded
    assert notes == ()
    assert save(again, tmp_path / "b.sip", source, embed=True).notes == ()


def test_profile_opacity_and_metadata_survive_in_the_picture_itself(tmp_path: Path):
    from editor.document.colour import SRGB_PROFILE

    path = tmp_path / "photo.png"
    exif = Image.Exif()
    exif[0x013B] = "Anna"
    image = Image.fromarray(np.dstack([picture(), picture()[..., :1]]))
    image.save(path, icc_profile=SRGB_PROFILE.tobytes(), exif=exif, dpi=(300, 300))
    opened = open_photo(path)
    path.unlink()
    save(opened, tmp_path / "a.sip", embed=True)
    again, _, _ = reopened(tmp_path / "a.sip")
    assert again.icc == opened.icc
    kept = Image.Exif()
    kept.load(again.exif or b"")
    assert kept[0x013B] == "Anna"
    assert again.metadata.xmp == opened.metadata.xmp  # no word of edits that it does not show
    assert again.dpi == pytest.approx(opened.dpi, rel=1e-3)
    assert again.alpha is not None
    assert opened.alpha is not None
    assert np.array_equal(again.alpha, opened.alpha)


def test_a_photo_inside_that_was_damaged_gives_way_to_the_one_beside(tmp_path: Path, photo: Path):
    save(open_photo(photo), tmp_path / "a.sip", embed=True)
    data = bytearray((tmp_path / "a.sip").read_bytes())
    data[data.index(photo.read_bytes()) + 500] ^= 0xFF
    (tmp_path / "a.sip").write_bytes(bytes(data))
    found, source, _ = reopened(tmp_path / "a.sip")
    assert source.embedded is None
    assert found.path == photo


def test_a_damaged_photo_inside_is_better_than_none(tmp_path: Path):
    path = tmp_path / "photo.jpg"
    Image.fromarray(picture(640, 480)).save(path, quality=90)
    save(open_photo(path), tmp_path / "a.sip", embed=True)
    data = bytearray((tmp_path / "a.sip").read_bytes())
    data[data.index(path.read_bytes()) + path.stat().st_size - 200] ^= 0x04
    (tmp_path / "a.sip").write_bytes(bytes(data))
    path.unlink()
    found, _, notes = reopened(tmp_path / "a.sip")
    assert (found.width, found.height) == (640, 480)
    assert "damaged" in notes[0]


# ------------------------------------------------------------------ linked


def test_a_link_to_a_photo_of_which_metadata_changed_opens(tmp_path: Path, photo: Path):
    """Fault 2: refused although only metadata changed."""
    opened = open_photo(photo)
    save(opened, tmp_path / "a.sip")
    rate(photo)
    found, source, notes = reopened(tmp_path / "a.sip")
    assert np.array_equal(found.pixels, opened.pixels)
    assert "metadata" in notes[0]
    assert save(found, tmp_path / "a.sip", source).notes == ()
    assert reopened(tmp_path / "a.sip")[2] == ()


@pytest.mark.parametrize("rated", [False, True])
def test_a_renamed_photo_beside_the_project_is_found(tmp_path: Path, photo: Path, rated: bool):
    """Fault 2: "not found", with no way to point at it."""
    save(open_photo(photo), tmp_path / "a.sip")
    for number in range(12):
        write_picture(tmp_path / f"other {number}.png", picture() // (number + 2))
    if rated:
        rate(photo)
    photo.rename(tmp_path / "Anna.PNG")
    assert reopened(tmp_path / "a.sip")[0].path == tmp_path / "Anna.PNG"


def test_a_photo_that_changed_is_not_taken_but_can_be_chosen(tmp_path: Path, photo: Path):
    save(open_photo(photo), tmp_path / "a.sip")
    write_picture(photo, 255 - picture())
    project, _ = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError, match="changed") as caught:
        find_photo(project, tmp_path / "a.sip")
    assert caught.value.path == photo
    found = find_photo(project, tmp_path / "a.sip", chosen=photo)
    assert "not exactly" in found.notes[0]


def test_the_user_can_point_at_a_photo_that_moved(tmp_path: Path, photo: Path):
    save(open_photo(photo), tmp_path / "a.sip")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    photo.rename(elsewhere / "new name.png")
    project, _ = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError, match=r"photo\.png was not found") as caught:
        find_photo(project, tmp_path / "a.sip")
    assert "Point at" in caught.value.advice
    found = find_photo(project, tmp_path / "a.sip", chosen=elsewhere / "new name.png")
    assert found.notes == ()
    save(found.photo, tmp_path / "a.sip", found.source)
    assert reopened(tmp_path / "a.sip")[0].path == elsewhere / "new name.png"


def test_a_chosen_photo_of_another_size_is_refused(tmp_path: Path, photo: Path):
    save(open_photo(photo), tmp_path / "a.sip")
    other = write_picture(tmp_path / "other.png", picture(W, H + 1))
    project, _ = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError, match="64 × 49"):
        find_photo(project, tmp_path / "a.sip", chosen=other)


def test_a_photo_of_another_size_than_the_project_states_is_none(tmp_path: Path, photo: Path):
    """Fault 13: width and height were never compared with the photo."""
    save(open_photo(photo), tmp_path / "a.sip", embed=True)
    data = (tmp_path / "a.sip").read_bytes()
    (tmp_path / "a.sip").write_bytes(with_json(data, lambda r: r["photo"].update(width=640)))
    project, inside = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError):
        find_photo(project, tmp_path / "a.sip", inside)


def test_a_link_that_would_lead_nowhere_becomes_a_photo_inside(tmp_path: Path, photo: Path):
    opened = open_photo(photo)
    photo.unlink()
    saved = save(opened, tmp_path / "a.sip")
    assert saved.embedded
    assert reopened(tmp_path / "a.sip")[0].width == W


def test_the_photo_is_found_after_its_folder_moved(tmp_path: Path):
    old = tmp_path / "old"
    (old / "photos").mkdir(parents=True)
    save(open_photo(write_picture(old / "photos" / "photo.png")), old / "a.sip")
    old.rename(tmp_path / "new")
    project, _ = open_project(tmp_path / "new" / "a.sip")
    found = find_photo(project, tmp_path / "new" / "a.sip")
    assert found.photo.path == tmp_path / "new" / "photos" / "photo.png"


def test_a_search_beside_the_project_ends(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
):
    save(open_photo(photo), tmp_path / "a.sip")
    photo.unlink()
    for number in range(40):
        write_picture(tmp_path / f"{number}.png", picture() // (number + 2))
    opened: list[Path] = []

    def counted(path: Path) -> Photo:
        opened.append(path)
        return open_photo(path)

    monkeypatch.setattr(photo_source, "open_photo", counted)
    project, _ = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError):
        find_photo(project, tmp_path / "a.sip")
    assert 1 <= len(opened) <= 24


# ------------------------------------------------------------------ paths of strangers

HOSTILE = [
    "\\\\server\\share\\photo.png", "//server/share/photo.png", "/net/server/photo.png",
    "/NET/server/photo.png", "/proc/self/mem", "/dev/zero", "/dev/stdin", "/sys/kernel/notes",
    "/run/user/1000/gvfs/smb-share:server=a,share=b/photo.png", "/afs/server/photo.png",
    "file://server/photo.png", "smb://server/photo.png", "photo.png/../../../../../net/a/photo.png",
]  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="these are POSIX's rules")
@pytest.mark.parametrize("stated", HOSTILE)
@pytest.mark.parametrize("key", ["path", "near"])
def test_no_server_and_no_device_is_touched_unasked(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch, stated: str, key: str
):
    """Fault 13: any stored path was touched when opening."""
    save(open_photo(photo), tmp_path / "a.sip")
    photo.unlink()
    depth = "../" * len(tmp_path.parts)
    stated = stated.replace("../../../../../", depth)
    rooted = stated[0] == "/" and stated[1] != "/"
    value = depth + stated[1:] if key == "near" and rooted else stated

    def change(record: dict[str, dict[str, object]]) -> None:
        record["photo"] |= {"path": None, "near": None, key: value}

    (tmp_path / "a.sip").write_bytes(with_json((tmp_path / "a.sip").read_bytes(), change))
    touched: list[str] = []
    for name in ("stat", "open", "scandir"):
        real = getattr(os, name)

        def seen(path: object, *rest: object, real: object = real, **more: object) -> object:
            touched.append(os.fspath(path) if isinstance(path, str | os.PathLike) else "")
            return real(path, *rest, **more)  # type: ignore[operator]

        monkeypatch.setattr(os, name, seen)
    project, _ = open_project(tmp_path / "a.sip")
    with pytest.raises(PhotoNotFoundError):
        find_photo(project, tmp_path / "a.sip")
    monkeypatch.undo()
    strange = [p for p in touched if p and not Path(p).resolve().is_relative_to(tmp_path)]
    strange = [p for p in strange if p not in map(str, (tmp_path, *tmp_path.parents))]
    assert not strange


def test_windows_paths_are_told_apart():
    is_device = photo_source._is_device  # pyright: ignore[reportPrivateUsage]
    assert all(is_device(name) for name in ("con", "NUL.txt", "com1", "LPT9.png", "aux "))
    assert not any(is_device(name) for name in ("console.png", "commons", "photo.png"))
    assert photo_source.name_of(Path(r"C:\Users\a\photo.png")) == "photo.png"
    assert photo_source.beside(Path("/a"), r"\\server\share\p.png") is None
    assert photo_source.beside(Path("/a"), r"C:p.png") is None
    assert PureWindowsPath(r"\\server\share\p.png").drive.startswith("\\\\")


def test_an_absolute_path_is_stored_only_where_no_relative_one_leads(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
):
    save(open_photo(photo), tmp_path / "a.sip")

    def stored() -> dict[str, object]:
        return json.loads(members_in((tmp_path / "a.sip").read_bytes())["project.json"])["photo"]

    assert (stored()["path"], stored()["near"]) == (None, "photo.png")

    def other_drive(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", other_drive)
    save(open_photo(photo), tmp_path / "a.sip")
    assert (stored()["path"], stored()["near"]) == (str(photo), None)
    assert reopened(tmp_path / "a.sip")[0].path == photo


# ------------------------------------------------------------------ digests


def test_the_digest_of_pixels_tells_pictures_apart_and_metadata_not(tmp_path: Path, photo: Path):
    before = pixel_digest(open_photo(photo))
    rate(photo)
    assert pixel_digest(open_photo(photo)) == before
    assert pixel_digest(decode_photo(photo.read_bytes(), None)) == before
    changed = picture()
    changed[0, 0, 0] ^= 1
    shown = open_photo(photo)
    for other in (
        Photo(changed), Photo(picture().transpose(1, 0, 2)), Photo(picture().astype(np.uint16)),
        replace(shown, icc=b"a profile"), replace(shown, alpha=np.full((H, W), 255, np.uint8)),
    ):  # fmt: skip
        assert pixel_digest(other) != before


def test_a_photo_too_large_for_a_project_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("editor.document.project.LARGEST", 10)
    with pytest.raises(ProjectError, match="too large to be put"):
        save_project(Project(None, "", W, H), tmp_path / "a.sip", bytes(11))


def test_colours_are_those_of_the_file(photo: Path):
    """The examples are written by OpenCV, whose order is BGR."""
    assert np.array_equal(open_photo(photo).pixels, cv2.cvtColor(picture(), cv2.COLOR_BGR2RGB))
