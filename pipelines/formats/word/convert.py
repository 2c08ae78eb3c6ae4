"""Old and OpenDocument files: LibreOffice makes new Office files of them.

It runs in a process of its own that may do little and is killed. It gets a profile of its own, in which macros are off
and nothing is fetched, runs without a screen, has limits on time, memory and output, and dies with the process that
reads.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pipelines.core.document import Document, Grid, Place, Unread, UnreadableError
from pipelines.formats.office import (
    HEAD,
    LOCKED,
    ODF_SHEET,
    ODF_TEXT,
    OLE,
    damaged,
    is_locked_open_document,
    is_open_document,
)
from pipelines.formats.word import limited
from pipelines.formats.word.reader import read_docx

SECONDS = 120
"""Time for one conversion; a document of a hundred pages takes some ten seconds."""

MEMORY_MB = 3_000
"""Address space of the converter; it reserves some 1,500 before it opens anything."""

OUTPUT_MB = 200
"""Size of what it may write."""

_RESTART = (79, 81)  # exit codes with which LibreOffice asks to be started once more: the profile was made
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_ENCRYPTED = 0x0100  # flag of the file information block
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse">\
<value>3</value></prop><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>\
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>1</value></prop>\
<prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>\
<prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop>\
<prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop>\
<prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">\
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
</oor:items>
"""
"""Settings of the converter: no macro runs, links stay as they are, and what asks the network asks nobody."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the converter is to make.

    Attributes:
        suffix: Of the new file.
        filter: Of LibreOffice, after ``--convert-to``.
        library: What has to be installed.
        package: Of Debian that holds it.
        old: What is converted, in messages, Chinese and English.
    """

    suffix: str
    filter: str
    library: str
    package: str
    old: tuple[str, str]


DOCUMENT = Target(
    "docx", "docx:MS Word 2007 XML", "libswlo.so", "libreoffice-writer", (".doc/.wps/.odt", ".doc, .wps and .odt")
)
WORKBOOK = Target("xlsx", "xlsx:Calc MS Excel 2007 XML", "libsclo.so", "libreoffice-calc", (".ods", ".ods"))


def read_doc(path: Path, name: str, limits: Mapping[str, int]) -> Document:
    """Read an old text document; see `pipelines.formats.word.reader.read_docx`.

    Numbers that another program finds in the file and that are not in the document are told.

    Raises:
        UnreadableError: There is no converter, it failed, or what it made cannot be read.
    """
    with converted(path) as made:
        document = read_docx(made, name, limits)
    document.unread += [Unread("number_missing", number, Place()) for number in _missing(path, document)]
    return document


@contextmanager
def converted(path: Path, target: Target = DOCUMENT) -> Iterator[Path]:
    """Make a new file of an old one, for a while.

    Args:
        path: The old document, workbook or OpenDocument.
        target: What to make of it.

    Raises:
        UnreadableError: There is no converter, the file has a password, or the converter gave up on it.
    """
    program = converter(target)
    if program is None:
        raise UnreadableError(
            "converter_missing",
            f"读取 {target.old[0]} 需要 LibreOffice：请安装 {target.package}，或另存为 .{target.suffix} 再放入；"
            f"reading {target.old[1]} needs LibreOffice: install {target.package}, or save it as .{target.suffix}",
        )
    if is_locked(path) or is_locked_open_document(path):
        raise UnreadableError("office_locked", LOCKED)
    with tempfile.TemporaryDirectory(prefix="mingzhang-") as folder:
        work = Path(folder)
        user = work / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        source = work / f"source{_suffix_of(path)}"
        shutil.copyfile(path, source)
        _run(program, work, source, target)
        made = work / "made" / f"source.{target.suffix}"
        if not made.exists():
            raise damaged("LibreOffice 无法打开")
        yield made


def _suffix_of(path: Path) -> str:
    """The ending by which the converter knows a file, by its content."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    if is_open_document(head, ODF_TEXT):
        return ".odt"
    if is_open_document(head, ODF_SHEET):
        return ".ods"
    return ".rtf" if head.startswith(b"{\\rtf") else ".doc"


def converter(target: Target = DOCUMENT) -> Path | None:
    """The program that converts, if it is installed with what reads such files."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        return None
    start = Path(found).resolve()
    program = start.with_name("soffice.bin")  # without the script around it, which would outlive us
    if not program.exists():
        return start
    is_there = any(start.with_name(name).exists() for name in (target.library, "libmergedlo.so"))
    return program if is_there else None


def is_locked(path: Path) -> bool:
    """Whether an old document says that it is encrypted."""
    import olefile

    with path.open("rb") as stream:
        if stream.read(len(OLE)) != OLE:
            return False
    try:
        with olefile.OleFileIO(str(path)) as file, file.openstream("WordDocument") as stream:
            block = stream.read(12)
    except Exception:  # olefile raises whatever a hostile directory leads it to
        return False
    return len(block) == 12 and bool(int.from_bytes(block[10:12], "little") & _ENCRYPTED)


def _run(program: Path, work: Path, source: Path, target: Target) -> None:
    command = _limited(
        str(program), "--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={(work / 'profile').as_uri()}",
        "--convert-to", target.filter, "--outdir", str(work / "made"), str(source),
    )  # fmt: skip
    environment = {
        "HOME": str(work), "PATH": os.defpath, "LANG": "C.UTF-8", "TMPDIR": str(work), "SAL_USE_VCLPLUGIN": "svp",
        "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
    }  # fmt: skip
    for _ in range(2):
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=work,
            env=environment, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise UnreadableError(
                "converter_time_limit",
                f"LibreOffice 转换超过 {SECONDS} 秒，请另存为 .{target.suffix} 再放入；"
                f"converting took more than {SECONDS} s, save the file as .{target.suffix}",
            ) from None
        finally:
            _end(process)
        if code not in _RESTART:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the converter with whatever it started; it is alone in its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _limited(program: str, *arguments: str) -> list[str]:
    """A command under the limits; see `pipelines.formats.word.limited`."""
    limits = map(str, (SECONDS, MEMORY_MB, OUTPUT_MB))
    return [sys.executable, "-I", "-S", limited.__file__, *limits, program, *arguments]


def _missing(path: Path, document: Document) -> list[str]:
    """Numbers with a point or a comma that another program prints more often than the document has them."""
    seen = _texts_of_another_program(path)
    if seen is None:
        return []
    read = Counter(n for text in _texts(document) for n in _NUMBER.findall(text))
    wanted = Counter(number for number in _NUMBER.findall(seen) if re.search(r"[.,]\d", number))
    return sorted(number for number in wanted if number not in read)


def _texts(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Grid):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text


def _texts_of_another_program(path: Path) -> str | None:
    """The text of a file as antiword or catdoc prints it; nothing where there is neither, or it fails."""
    for name, *arguments in (("antiword", "-m", "UTF-8.txt", "-w", "0"), ("catdoc", "-d", "utf-8", "-w")):
        program = shutil.which(name)
        if program is None:
            continue
        try:
            done = subprocess.run(
                _limited(program, *arguments, str(path)),
                capture_output=True, timeout=SECONDS / 4, check=True, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError):
            continue
        return done.stdout.decode("utf-8", "replace")
    return None
