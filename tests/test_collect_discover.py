"""Raw files: what is found, what is passed over, and how it is named."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from pipelines.collect.discover import discover, survey
from pipelines.core.files import open_path, stored_path
from pipelines.core.frames import SOURCE_FILE


def codes(folder: Path) -> dict[str, str]:
    return {skipped.file_name: skipped.code for skipped in survey([folder]).skipped}


def test_files_are_named_by_their_content(tmp_path: Path) -> None:
    (tmp_path / "部门").mkdir()
    (tmp_path / "部门" / "决算.txt").write_text("一", encoding="utf-8")
    (tmp_path / "copy.md").write_text("一", encoding="utf-8")
    files = discover([tmp_path])
    digest = hashlib.sha256("一".encode()).hexdigest()
    assert dict(files.schema) == SOURCE_FILE
    assert files["content_sha256"].to_list() == [digest, digest]
    assert files["report_key"].to_list() == [digest[:16]] * 2
    assert files["file_name"].to_list() == ["copy.md", "部门/决算.txt"]
    assert files["format"].to_list() == ["md", "txt"]


def test_names_are_relative_to_a_given_root(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.txt").write_text("1")
    assert discover([tmp_path / "a" / "b.txt"])["file_name"].to_list() == ["b.txt"]
    assert discover([tmp_path / "a" / "b.txt"], tmp_path)["file_name"].to_list() == ["a/b.txt"]


def test_order_of_the_paths_does_not_matter(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.txt").write_text(name)
    paths = sorted(tmp_path.iterdir())
    assert discover(paths).drop("first_seen_at").equals(discover(paths[::-1]).drop("first_seen_at"))


def test_a_file_given_twice_is_one_row(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert discover([tmp_path, tmp_path / "a.txt"]).height == 1


def test_dot_files_and_cards_are_no_reports(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.txt").write_text("a")
    (tmp_path / ".b.txt").write_text("b")
    (tmp_path / "c.txt").write_text("c")
    (tmp_path / "c.txt.meta.yml").write_text("published_on: 2024-09-20\nsource_url: https://example.org/c\nmore: 1\n")
    found = survey([tmp_path])
    assert found.skipped == []
    row = found.files.row(0, named=True)
    assert (row["file_name"], row["published_on"], row["source_url"]) == (
        "c.txt",
        date(2024, 9, 20),
        "https://example.org/c",
    )


UNFOLDING = "a: &a [x, x]\nb: &b [*a, *a]\nsource_url: *b"
"""Each line doubles the one before; thirty of them are a gigabyte."""


@pytest.mark.parametrize(
    "card",
    [
        "published_on: soon",
        "[",
        "- a",
        "\x00",
        "published_on: 2024-13-45",
        "pages: !!int many",
        "[" * 3000,
        'source_url: "\\ud800"',
        "source_url: [a]",
        UNFOLDING,
    ],
)
def test_a_faulty_card_is_reported_and_ignored(tmp_path: Path, card: str) -> None:
    (tmp_path / "c.txt").write_text("c")
    (tmp_path / "c.txt.meta.yml").write_text(card)
    found = survey([tmp_path])
    assert found.files["published_on"].to_list() == [None]
    assert [skipped.code for skipped in found.skipped] == ["bad_card"]


def test_a_card_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yml").write_text("source_url: https://example.org")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "c.txt").write_text("c")
    (inside / "c.txt.meta.yml").symlink_to(tmp_path / "elsewhere.yml")
    found = survey([inside])
    assert found.files["source_url"].to_list() == [None]
    assert [skipped.code for skipped in found.skipped] == ["bad_card"]


def test_other_formats_are_listed(tmp_path: Path) -> None:
    (tmp_path / "a.ofd").write_text("a")
    assert codes(tmp_path) == {"a.ofd": "unsupported_format"}


def test_links_are_not_followed_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "outside.txt").write_text("secret")
    (inside / "a.txt").write_text("a")
    (inside / "same.txt").symlink_to(inside / "a.txt")
    (inside / "leaves.txt").symlink_to(tmp_path / "outside.txt")
    (inside / "dangles.txt").symlink_to(inside / "nothing.txt")
    (inside / "loop.txt").symlink_to(inside / "loop.txt")
    (inside / "folder").symlink_to(tmp_path)
    assert discover([inside])["file_name"].to_list() == ["a.txt", "same.txt"]
    (inside / "again").symlink_to(inside)
    assert codes(inside) == dict.fromkeys(["again", "dangles.txt", "folder", "leaves.txt", "loop.txt"], "symlink")


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert codes(tmp_path) == {"pipe.txt": "not_a_file"}
    assert [skipped.code for skipped in survey([tmp_path / "pipe.txt"]).skipped] == ["not_a_file"]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        discover([tmp_path / "nothing.txt"])


def test_names_in_gb18030_bytes_are_shown_and_found_again(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + "决算.txt".encode("gb18030")))
    path.write_text("a")
    row = discover([tmp_path]).row(0, named=True)
    assert row["file_name"] == "决算.txt"
    assert open_path(row["path"]).read_text() == "a"


@pytest.mark.parametrize(
    "name", ["a b.txt", "a%20b.txt", "换\n行.txt", "'; drop table.txt", "..决算.txt", "长" * 82 + ".txt"]
)
def test_stored_paths_lead_back(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("a")
    assert open_path(stored_path(tmp_path / name)) == tmp_path / name
    assert discover([tmp_path])["file_name"].to_list() == [name]
