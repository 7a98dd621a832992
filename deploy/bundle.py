"""`make bundle`: everything that an installation needs, for machines without a network.

    build/bundle/ducha-VERSION/
      install.sh                     ./install.sh /opt/ducha
      ducha-VERSION.tar.gz           the source, which is run where it is unpacked
      wheels/                        for each platform; what is pure Python serves both
      requirements-ARCH-pyXY.txt     from requirements.lock, with hashes, for one platform
      sbom.json                      CycloneDX 1.5: every wheel with version, licence and SHA-256
      SHA256SUMS

Nothing is resolved here: versions and hashes are those of requirements.lock, and what a platform needs follows from the
metadata of the installed packages, read for that platform.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME = f"ducha-{PROJECT['version']}"
# To put the source in place, as the Makefile does.
ALSO = ("hatchling", "editables")
# glibc 2.28 and older: Debian 10, Kylin V10, UOS 20 and what came after.
GLIBC = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_24", "manylinux_2_17", "manylinux2014", "manylinux_2_12",
         "manylinux2010", "manylinux_2_5", "manylinux1")  # fmt: skip
ARCHS = ("x86_64", "aarch64")
EPOCH = 315532800  # 1980-01-01: archives of the same commit are the same bytes


@dataclass(frozen=True, slots=True)
class Target:
    """A platform and a Python for which wheels are fetched."""

    arch: str
    python: str  # 3.11

    @property
    def requirements(self) -> str:
        return f"requirements-{self.arch}-py{self.python.replace('.', '')}.txt"

    @property
    def markers(self) -> dict[str, str]:
        """What a marker is read with."""
        return {
            "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": self.arch,
            "python_version": self.python, "python_full_version": f"{self.python}.0", "platform_release": "",
            "implementation_name": "cpython", "platform_python_implementation": "CPython", "platform_version": "",
            "extra": "",
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pin:
    """A package of requirements.lock: its line, its marker and its hashes."""

    name: str
    line: str
    marker: str
    hashes: tuple[str, ...]


def read_lock(path: Path) -> dict[str, list[Pin]]:
    """Return the pins of a lock by canonical name; a package may be pinned twice, under different markers."""
    text = re.sub(r"\\\n", " ", path.read_text(encoding="utf-8"))
    pins: dict[str, list[Pin]] = {}
    for line in text.splitlines():
        if not line or line.startswith((" ", "#")):
            continue
        what, *hashes = re.split(r"\s+--hash=", line.strip())
        spec, _, marker = what.partition(";")
        name = canonicalize_name(Requirement(spec).name)
        pins.setdefault(name, []).append(
            Pin(name, spec.strip(), marker.strip(), tuple(h.strip() for h in hashes))
        )
    return pins


def holds(marker: str | Marker | None, target: Target, extra: str = "") -> bool:
    """Return whether a marker holds on a platform."""
    if not marker:
        return True
    one = marker if isinstance(marker, Marker) else Marker(marker)
    return one.evaluate({**target.markers, "extra": extra})


def closure(target: Target) -> list[str]:
    """Return the canonical names of everything that runs on a platform, sorted."""
    waiting = [Requirement(text) for text in (*PROJECT["dependencies"], *ALSO)]
    seen: set[tuple[str, str]] = set()
    while waiting:
        one = waiting.pop()
        if not holds(one.marker, target):
            continue
        for extra in ("", *sorted(one.extras)):
            key = (canonicalize_name(one.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += needs(one.name, extra, target)
    return sorted({name for name, _extra in seen})


def needs(name: str, extra: str, target: Target) -> list[Requirement]:
    """Return what a package needs on a platform, for itself or for one of its extras."""
    found = []
    for text in metadata.requires(name) or () if installed(name) else ():
        one = Requirement(text)
        if holds(one.marker, target, extra):
            one.marker = None
            found.append(one)
    return found


def installed(name: str) -> bool:
    """Return whether a package is here; one that only another platform needs has nothing below it that we know."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def write_requirements(target: Target, folder: Path) -> list[str]:
    """Write the pins of a platform; return the names."""
    lock, lines, names = read_lock(ROOT / "requirements.lock"), [], closure(target)
    for name in names:
        pins = [pin for pin in lock.get(name, ()) if holds(pin.marker, target)]
        if len(pins) != 1:
            raise SystemExit(
                f"error: requirements.lock 对 {name} 有{len(pins)}个适用的版本 on {target}; run make lock"
            )
        hashes = "".join(f" \\\n    --hash={one}" for one in pins[0].hashes)
        lines.append(f"{pins[0].line}{hashes}\n")
    (folder / target.requirements).write_text("".join(lines), encoding="utf-8")
    return names


def download(target: Target, folder: Path) -> None:
    """Fetch the wheels of a platform; pip names what has none."""
    platforms = [f"--platform={glibc}_{target.arch}" for glibc in GLIBC]
    # What is there already serves again: a bundle that is made anew asks for nothing twice.
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", "--only-binary=:all:", *platforms, f"--python-version={target.python}",
         f"--find-links={folder / 'wheels'}", f"--dest={folder / 'wheels'}", "-r", str(folder / target.requirements)],
        check=True,
    )  # fmt: skip


def write_source(folder: Path) -> None:
    """Pack what git keeps, as it stands in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    with (
        (folder / f"{NAME}.tar.gz").open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=EPOCH) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for name in sorted(part for part in listed if part and (ROOT / part).is_file()):
            archive.add(ROOT / name, f"{NAME}/{name}", filter=_plain)


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = "root"
    entry.mtime = EPOCH
    entry.mode = 0o755 if entry.mode & 0o100 else 0o644
    return entry


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def component(wheel: Path) -> dict[str, object]:
    """Return what CycloneDX wants to know of a wheel."""
    name, version, _build, _tags = parse_wheel_filename(wheel.name)
    with zipfile.ZipFile(wheel) as opened:
        told = next(entry for entry in opened.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", entry))
        heads = HeaderParser().parsestr(opened.read(told).decode("utf-8", "replace"))
    licences = [
        value
        for value in (heads["License-Expression"], *_classified(heads.get_all("Classifier", [])))
        if value
    ]
    short = heads["License"] if heads["License"] and len(heads["License"]) < 80 else None
    return {
        "type": "library",
        "name": name,
        "version": str(version),
        "purl": f"pkg:pypi/{name}@{version}?file_name={wheel.name}",
        "bom-ref": wheel.name,
        "hashes": [{"alg": "SHA-256", "content": sha256(wheel)}],
        "licenses": [{"license": {"name": text}} for text in licences or [short or "NOASSERTION"]],
    }


def _classified(classifiers: list[str]) -> Iterator[str]:
    for text in classifiers:
        if text.startswith("License :: ") and text != "License :: OSI Approved":
            yield text.rpartition(" :: ")[2]


def write_sbom(folder: Path) -> None:
    """Write the bill of materials of all wheels."""
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "ducha", "version": PROJECT["version"],
                                   "bom-ref": NAME}},
        "components": [component(wheel) for wheel in sorted((folder / "wheels").glob("*.whl"))],
    }  # fmt: skip
    (folder / "sbom.json").write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_sums(folder: Path) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def drop_strangers(folder: Path, targets: list[Target]) -> None:
    """Remove wheels of an earlier bundle that no list names any more."""
    lists = "".join((folder / target.requirements).read_text(encoding="utf-8") for target in targets)
    wanted = set(re.findall(r"sha256:(\w{64})", lists))
    for wheel in (folder / "wheels").glob("*.whl"):
        if sha256(wheel) not in wanted:
            wheel.unlink()


def make(folder: Path, targets: list[Target]) -> None:
    """Make the bundle in a folder."""
    (folder / "wheels").mkdir(parents=True, exist_ok=True)
    for old in folder.glob("requirements-*.txt"):
        old.unlink()
    names = {target: set(write_requirements(target, folder)) for target in targets}
    every = set().union(*names.values())
    for target in targets:
        left = "、".join(sorted(every - names[target])) or "没有"
        print(
            f"{target.arch} Python {target.python}: {len(names[target])} packages; 不装 left out: {left}",
            flush=True,
        )
        download(target, folder)
    drop_strangers(folder, targets)
    write_source(folder)
    shutil.copy(ROOT / "deploy" / "install.sh", folder / "install.sh")
    write_sbom(folder)
    write_sums(folder)
    current = folder.parent / "current"  # where deploy/compose.yaml looks
    current.unlink(missing_ok=True)
    current.symlink_to(folder.name)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
    print(f"{folder}: {len(list((folder / 'wheels').iterdir()))} wheels, {size:.0f} MiB")


def main() -> None:
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(description="离线安装包 the bundle for machines without a network")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bundle" / NAME)
    parser.add_argument("--arch", nargs="+", choices=ARCHS, default=list(ARCHS))
    parser.add_argument("--python", nargs="+", default=[here], help="3.11 3.12 3.13")
    asked = parser.parse_args()
    make(asked.out, [Target(arch, python) for arch in asked.arch for python in asked.python])


if __name__ == "__main__":
    main()
