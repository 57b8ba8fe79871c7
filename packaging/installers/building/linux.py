"""The installers for Linux: a Debian package, and an archive with an install script that needs no root."""

from __future__ import annotations

import gzip
import hashlib
import importlib.util
import io
import shutil
import subprocess
import sys
import tarfile
import textwrap
import time
from collections.abc import Mapping
from pathlib import Path

from building.folders import BUILT, INSTALLERS, ROOT
from building.payload import app_version, make_payload

_SOURCES = INSTALLERS / "linux"
_ICON = ROOT / "resources" / "icons" / "lepton.svg"
_PAYLOAD = "/usr/lib/lepton-studio"
_PLATFORM, _ARCHITECTURE = "linux-x86_64", "amd64"
_MAINTAINER = "The developers of Lepton Studio <lepton-studio@localhost.localdomain>"


def build(*, offline: bool = False) -> list[Path]:
    """Both files, in build/installers/."""
    payload = make_payload(BUILT / "payload-linux", _PLATFORM, offline=offline)
    return [build_archive(payload, offline=offline), build_deb(payload, offline=offline)]


def filled(name: str, payload: str) -> str:
    """A file of linux/ with what is only known here in its places."""
    text = (_SOURCES / name).read_text("utf-8")
    libraries = " ".join(f"{file}:{package}" for file, package in qt_packages().items())
    words = {"PAYLOAD": payload, "VERSION": app_version(), "DATE": time.strftime("%Y-%m-%d"), "LIBRARIES": libraries}
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text


def build_archive(payload: Path, *, offline: bool) -> Path:
    """One folder with install.sh in it. Compressed with xz, but for the wheels of the offline one, which are packed."""
    suffix = "-offline" if offline else ""
    top = f"lepton-studio-{app_version()}"
    file = BUILT / f"{top}-{_PLATFORM}{suffix}.tar{'' if offline else '.xz'}"

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(file, "w" if offline else "w:xz") as archive:
        archive.add(payload, f"{top}/payload", filter=plain)
        archive.add(_ICON, f"{top}/lepton-studio.svg", filter=plain)
        for name in ("install.sh", "lepton-studio.sh", "lepton-studio.desktop", "lepton-studio.metainfo.xml"):
            text = filled(name, "").encode()
            member = tarfile.TarInfo(f"{top}/{name}")
            member.size, member.mtime = len(text), int(time.time())
            member.mode = 0o755 if name.endswith(".sh") else 0o644
            archive.addfile(member, io.BytesIO(text))
    return file


def build_deb(payload: Path, *, offline: bool) -> Path:
    """A package for Debian 12, Ubuntu 24.04 and later: Python, Tk and what Qt needs come from the system."""
    tree = BUILT / "deb"
    shutil.rmtree(tree, ignore_errors=True)
    inside = tree / _PAYLOAD[1:]
    shutil.copytree(payload, inside)
    doc = tree / "usr/share/doc/lepton-studio"
    doc.mkdir(parents=True)
    shutil.move(inside / "licences", doc / "licences")
    (doc / "licences" / "Lepton-Studio-LICENSE.txt").unlink()  # the system's own copy is named in `copyright`
    shutil.copy(payload / "licences.txt", doc / "third-party.txt")
    (doc / "copyright").write_text(filled("copyright", _PAYLOAD), encoding="utf-8")
    _packed(doc / "changelog.gz", _changelog())
    _packed(tree / "usr/share/man/man1/lepton-studio.1.gz", filled("lepton-studio.1", _PAYLOAD))
    _put(tree / "usr/bin/lepton-studio", filled("lepton-studio.sh", _PAYLOAD), mode=0o755)
    _put(tree / "usr/share/applications/lepton-studio.desktop", filled("lepton-studio.desktop", _PAYLOAD))
    _put(
        tree / "usr/share/metainfo/org.lepton_studio.LeptonStudio.metainfo.xml",
        filled("lepton-studio.metainfo.xml", ""),
    )
    _put(tree / "usr/share/icons/hicolor/scalable/apps/lepton-studio.svg", _ICON.read_text("utf-8"))
    _put(tree / "usr/share/lintian/overrides/lepton-studio", filled("lintian-overrides", _PAYLOAD))
    size = sum(one.stat().st_size for one in tree.rglob("*") if one.is_file()) // 1024
    _put(tree / "DEBIAN/control", control(size))
    _put(tree / "DEBIAN/md5sums", _md5sums(tree))
    for folder in (tree, *tree.rglob("*")):
        if folder.is_dir() or folder.stat().st_mode & 0o100:
            folder.chmod(0o755)
        else:
            folder.chmod(0o644)
    name = "lepton-studio-offline" if offline else "lepton-studio"
    file = BUILT / f"{name}_{app_version()}_{_ARCHITECTURE}.deb"
    packed = "none" if offline else "xz"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", f"-Z{packed}", "--build", str(tree), str(file)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return file


def control(size: int) -> str:
    """What Debian is told of the package; `size` in KiB."""
    needs = [
        "python3 (>= 3.11)",
        "python3 (<< 3.15)",
        "python3-tk",
        "libc6 (>= 2.34)",
        "libgcc-s1",
        "ca-certificates",
        *sorted(set(qt_packages().values())),
    ]
    return textwrap.dedent(f"""\
        Package: lepton-studio
        Version: {app_version()}
        Architecture: {_ARCHITECTURE}
        Maintainer: {_MAINTAINER}
        Installed-Size: {size}
        Depends: {", ".join(needs)}
        Section: science
        Priority: optional
        Description: label texts and tune a model on your own computer
         People who know their texts label some of them by hand, tune a transformer
         on those labels, look at what it got wrong, put the labels right there, and
         tune again. Everything runs on their own computer.
         .
         At the first start the parts, PyTorch and Qt among them, are fetched into
         the home folder of the person who starts it.
        """)


def qt_packages() -> Mapping[str, str]:
    """The system libraries that Qt needs and Debian's packages of them: those that dev.py installs for us."""
    spec = importlib.util.spec_from_file_location("lepton_dev", ROOT / "packaging" / "dev.py")
    assert spec is not None and spec.loader is not None
    dev = importlib.util.module_from_spec(spec)
    sys.modules["lepton_dev"] = dev
    spec.loader.exec_module(dev)
    return {**dev.QT_LIBRARIES, **dev.X11_LIBRARIES}


def _changelog() -> str:
    stamp = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime())
    entry = f"lepton-studio ({app_version()}) unstable; urgency=low\n\n  * See CHANGELOG.md.\n\n"
    return f"{entry} -- {_MAINTAINER}  {stamp}\n"


def _md5sums(tree: Path) -> str:
    files = sorted(one for one in tree.rglob("*") if one.is_file() and "DEBIAN" not in one.parts)
    return "".join(f"{hashlib.md5(one.read_bytes()).hexdigest()}  {one.relative_to(tree)}\n" for one in files)


def _put(file: Path, text: str, *, mode: int = 0o644) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)


def _packed(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
