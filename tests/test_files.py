"""Entry files on the disk: found, read, made and exchanged without ever losing what a person saved."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from storing import PATH, put

from kb import files
from kb.errors import AlreadyExists, ConfigurationError, InvalidEntry, StoreUnavailable
from kb.files import exchange


@pytest.fixture(params=["exchange", "link"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of replacing a file: the one Linux has, and the one for the others."""
    if request.param == "link":
        monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    return str(request.param)


def test_a_scan_finds_entries_and_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "one")
    put(tmp_path, "two", "entries/systems/app.md")
    for other in ("entries/README.md", "entries/library/index.md", "entries/.hidden/x.md", "entries/notes.txt", "x.md"):
        put(tmp_path, "not an entry", other)
    found = files.scan(tmp_path)
    assert found.files == {PATH: files.digest(b"one"), "entries/systems/app.md": files.digest(b"two")}
    assert found.faults == ()


def test_a_scan_of_a_knowledge_base_without_entries_is_empty(tmp_path: Path) -> None:
    assert files.scan(tmp_path) == files.Scan()


def test_symbolic_links_are_reported_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("outside")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "more.md").write_text("outside too")
    put(tmp_path, "inside")
    (tmp_path / "entries" / "link.md").symlink_to(tmp_path / "secret.md")
    (tmp_path / "entries" / "folder").symlink_to(tmp_path / "elsewhere")
    found = files.scan(tmp_path)
    assert list(found.files) == [PATH]
    assert found.faults == (("entries/link.md", "is a symbolic link, which is not followed"),)


def test_entries_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "entries").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ConfigurationError, match="not a folder of its own"):
        files.scan(tmp_path)


def test_odd_names_are_named_without_harm(tmp_path: Path) -> None:
    folder = tmp_path / "entries"
    folder.mkdir()
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md"))).write_bytes(b"x")
    (folder / "esc\x1b[31m.md").write_bytes(b"x")
    os.mkfifo(folder / "pipe.md")
    faults = dict(files.scan(tmp_path).faults)
    assert set(faults) == {"entries/caf\\xe9.md", "entries/esc\\x1b[31m.md", "entries/pipe.md"}
    assert all(name.isprintable() for name in faults)


@pytest.mark.parametrize(
    "path",
    ["entries/../x.md", "/etc/passwd.md", "x.md", "entries/.kb-x.md", "entries/x", "entries//x.md", "entries/./x.md",
     "entries/a\\b.md", "entries/a\0b.md", "entries/\x1b.md", "", "entries", "../entries/x.md"],
)  # fmt: skip
def test_no_path_leads_out_of_entries(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidEntry, match="not a place for an entry"):
        files.place(tmp_path, path)


def test_no_path_leads_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "entries").mkdir()
    (tmp_path / "entries" / "in").symlink_to(tmp_path / "outside")
    with pytest.raises(InvalidEntry, match="symbolic link"):
        files.create(tmp_path, "entries/in/x.md", b"x")
    assert not list((tmp_path / "outside").iterdir())


def test_creating_makes_folders_and_never_overwrites(tmp_path: Path, way: str) -> None:
    files.create(tmp_path, PATH, b"first")
    with pytest.raises(AlreadyExists, match="exists already"):
        files.create(tmp_path, PATH, b"second")
    assert (tmp_path / PATH).read_bytes() == b"first"
    assert [p.name for p in (tmp_path / PATH).parent.iterdir()] == [Path(PATH).name]


def test_a_new_file_follows_the_umask_and_a_replaced_one_keeps_its_mode(tmp_path: Path, way: str) -> None:
    files.create(tmp_path, PATH, b"first")
    assert stat.S_IMODE((tmp_path / PATH).stat().st_mode) == 0o666 & ~_umask()
    (tmp_path / PATH).chmod(0o604)
    files.replace(tmp_path, PATH, b"second", files.digest(b"first"))
    assert stat.S_IMODE((tmp_path / PATH).stat().st_mode) == 0o604


def test_replacing_what_was_expected(tmp_path: Path, way: str) -> None:
    put(tmp_path, "old")
    assert files.replace(tmp_path, PATH, b"new", files.digest(b"old")) is None
    assert (tmp_path / PATH).read_bytes() == b"new"
    assert files.scan(tmp_path).leftovers == ()


def test_a_save_in_between_stands_as_it_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    put(tmp_path, "saved by a person")
    assert files.replace(tmp_path, PATH, b"new", files.digest(b"old")) == b"saved by a person"
    put(tmp_path, "old")
    saving_at_each_swap(tmp_path, monkeypatch, ["saved in this instant"])
    assert files.replace(tmp_path, PATH, b"new", files.digest(b"old")) == b"saved in this instant"
    assert (tmp_path / PATH).read_bytes() == b"saved in this instant"
    assert files.scan(tmp_path).leftovers == ()


def test_putting_back_gives_way_to_a_save_that_is_newer_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    put(tmp_path, "old")
    saving_at_each_swap(tmp_path, monkeypatch, ["first save", "second save"])
    assert files.replace(tmp_path, PATH, b"new", files.digest(b"old")) == b"first save"
    assert (tmp_path / PATH).read_bytes() == b"second save"
    late = files.late_saves(tmp_path, files.scan(tmp_path).leftovers)
    assert [save.read_bytes() for save in late] == [b"first save"]


def saving_at_each_swap(root: Path, monkeypatch: pytest.MonkeyPatch, saves: list[str]) -> None:
    """An editor that saves just before kb swaps two files."""
    swap = exchange._swap

    def late(one: Path, other: Path) -> None:
        if saves:
            put(root, saves.pop(0))
        swap(one, other)

    monkeypatch.setattr(exchange, "_swap", late)


def test_replacing_a_file_that_is_gone_writes_nothing(tmp_path: Path, way: str) -> None:
    with pytest.raises(FileNotFoundError):
        files.replace(tmp_path, PATH, b"new", files.digest(b"old"))
    assert not (tmp_path / "entries").exists()


def test_removing_only_what_is_expected(tmp_path: Path, way: str) -> None:
    file = put(tmp_path, "kept")
    assert not files.remove(tmp_path, PATH, files.digest(b"other"))
    assert file.read_bytes() == b"kept"
    assert files.remove(tmp_path, PATH, files.digest(b"kept"))
    assert not file.exists()
    assert files.remove(tmp_path, PATH, files.digest(b"kept"))


def test_leftovers_of_a_crash_are_swept_and_a_person_s_save_among_them_is_found(tmp_path: Path) -> None:
    folder = put(tmp_path, "entry").parent
    (folder / ".kb-12ab34cd.part").write_text("half writ")
    (folder / f".kb-{files.digest(b'whole')}-00000001.new").write_text("whole")
    person = folder / f".kb-{files.digest(b'what kb wrote')}-00000002-0a1b.new"
    person.write_text("what a person saved")
    assert files.late_saves(tmp_path, files.scan(tmp_path).leftovers) == [person]
    assert [p.name for p in folder.iterdir() if p.name.startswith(".kb-")] == [person.name]


def test_what_only_looks_like_a_leftover_is_left_alone(tmp_path: Path) -> None:
    folder = put(tmp_path, "entry").parent
    name = f".kb-{files.digest(b'x')}-0a1b2c3d.new"
    (folder / ".kb-todo.md").write_text("call the desk")
    (folder / ".kb-12ab34cd.part~").write_text("an editor's copy")
    (folder / ".kb-y.new").symlink_to(tmp_path / "nowhere")
    (folder / name).symlink_to(folder / ".kb-todo.md")
    (folder / ".kb-notes").mkdir()
    (folder / ".kb-0a1b2c3d.part").mkdir()
    before = sorted(p.name for p in folder.iterdir())
    found = files.scan(tmp_path)
    assert (list(found.files), found.faults, found.leftovers) == ([PATH], (), ())
    assert files.late_saves(tmp_path, found.leftovers) == []
    assert sorted(p.name for p in folder.iterdir()) == before


def test_each_name_kb_gives_is_known_again_after_a_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Whatever step a write or a removal is cut off at, what it leaves is a leftover."""
    folder = put(tmp_path, "old").parent
    hidden: set[str] = set()

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    def cut(step: str) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(step, stop)
            with pytest.raises(KeyboardInterrupt):
                files.replace(tmp_path, PATH, b"new", files.digest(b"old"))
        hidden.update(p.name for p in folder.iterdir() if p.name.startswith("."))
        assert {p.name for p in files.scan(tmp_path).leftovers} == hidden
        put(tmp_path, "old")

    cut("os.fsync")
    cut("kb.files.exchange._rename")
    cut("pathlib.Path.replace" if way == "link" else "kb.files.exchange.sync_folder")
    with monkeypatch.context() as patch:
        patch.setattr(exchange, "read_bytes", stop)
        with pytest.raises(KeyboardInterrupt):
            files.remove(tmp_path, PATH, "")  # an entry whose file was never written: another file is in its place
    saves = files.late_saves(tmp_path, files.scan(tmp_path).leftovers)
    assert [save.read_bytes() for save in saves if save.name.startswith(".kb--")] == [b"old"]


def test_an_editor_that_writes_into_the_file_already_exchanged_is_heard(tmp_path: Path) -> None:
    file = put(tmp_path, "old")
    with file.open("r+b") as slow_editor:
        assert files.replace(tmp_path, PATH, b"new", files.digest(b"old")) is None
        slow_editor.write(b"OLD, edited in place")
    saves = files.late_saves(tmp_path, ())
    assert [save.read_bytes() for save in saves] == [b"OLD, edited in place"]


def test_rescued_files_do_not_pile_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_RESCUE_FILES", 3)
    put(tmp_path, "0")
    for n in range(9):
        files.replace(tmp_path, PATH, str(n + 1).encode(), files.digest(str(n).encode()))
    files.late_saves(tmp_path, ())
    assert len(list((tmp_path / ".kb" / "rescue").iterdir())) == 3


def test_a_half_written_temporary_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.replace(tmp_path, PATH, b"new" * 1000, files.digest(b"old"))
    with pytest.raises(OSError, match="No space"):
        files.create(tmp_path, "entries/other.md", b"new")
    assert (tmp_path / PATH).read_bytes() == b"old"
    assert files.scan(tmp_path) == files.Scan({PATH: files.digest(b"old")})


@pytest.mark.parametrize("by_rename", [True, False], ids=["by rename", "in place"])
def test_no_save_of_an_editor_is_lost_while_kb_writes(tmp_path: Path, by_rename: bool) -> None:
    """An editor that adds lines as fast as it can, and kb that adds its own: every line arrives."""
    file = put(tmp_path, "")
    editor = threading.Thread(target=_edit, args=(file, by_rename))
    editor.start()
    known, pending = b"", 0
    while editor.is_alive() or pending < 60:
        pending += 1
        there = files.read(tmp_path, PATH) or b""
        known = _union(known, there)
        wanted = _union(known, f"kb {pending}\n".encode())
        saved = files.replace(tmp_path, PATH, wanted, files.digest(there))
        known = _union(wanted, saved or b"")
    editor.join()
    for save in files.late_saves(tmp_path, files.scan(tmp_path).leftovers):
        known = _union(known, save.read_bytes())
    known = _union(known, file.read_bytes())
    lines = set(known.split(b"\n"))
    assert not [n for n in range(100) if f"editor {n}".encode() not in lines]
    assert not [n for n in range(1, pending + 1) if f"kb {n}".encode() not in lines]


def _edit(file: Path, by_rename: bool) -> None:
    for n in range(100):
        text = file.read_bytes() + f"editor {n}\n".encode()
        if by_rename:
            temporary = file.with_name("editor~")
            temporary.write_bytes(text)
            temporary.replace(file)
        else:
            with file.open("r+b") as handle:
                handle.write(text)


def _union(known: bytes, there: bytes) -> bytes:
    lines = dict.fromkeys(line for line in (known + there).split(b"\n") if line)
    return b"".join(line + b"\n" for line in lines)


def test_the_state_folder_is_private_even_if_somebody_opened_it(tmp_path: Path) -> None:
    (tmp_path / ".kb").mkdir(mode=0o755)
    (tmp_path / ".kb").chmod(0o755)
    assert stat.S_IMODE(files.state_folder(tmp_path).stat().st_mode) == 0o700


def test_a_second_command_waits_for_the_lock_and_then_says_so(tmp_path: Path) -> None:
    second = files.Lock(tmp_path, seconds=0.1)
    with files.Lock(tmp_path), pytest.raises(StoreUnavailable, match="another kb command") as caught:
        second.__enter__()
    assert "nothing was written" in caught.value.hint


def test_its_holder_may_take_the_lock_again(tmp_path: Path) -> None:
    lock = files.Lock(tmp_path)
    with lock, lock:
        pass
    with files.Lock(tmp_path, seconds=0.1):
        pass


def test_settled_until_a_file_is_edited_added_or_removed(tmp_path: Path) -> None:
    file = put(tmp_path, "one")
    assert not files.settled(tmp_path)
    files.settle(tmp_path, files.scan(tmp_path).files, ["index 1"])
    assert files.settled(tmp_path)
    assert files.settled(tmp_path, "index 1")
    assert not files.settled(tmp_path, "index 2")
    stamp = file.stat()
    file.write_text("two")
    os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # the clock tells nothing
    assert not files.settled(tmp_path)
    file.write_text("one")
    assert files.settled(tmp_path)
    put(tmp_path, "new", "entries/new.md")
    assert not files.settled(tmp_path)
    (tmp_path / "entries/new.md").unlink()
    file.unlink()
    assert not files.settled(tmp_path)


def test_not_settled_once_a_change_is_on_its_way(tmp_path: Path) -> None:
    put(tmp_path)
    files.settle(tmp_path, files.scan(tmp_path).files, [])
    files.unsettle(tmp_path)
    assert not files.settled(tmp_path)
    files.unsettle(tmp_path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_bytes_are_durable_before_they_are_visible_and_the_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Power may fail at any moment: the file is synced before it gets its name, and the folder afterwards."""
    put(tmp_path, "old")
    seen: list[tuple[str, str]] = []
    real = os.fsync

    def watched(handle: int) -> None:
        what = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        seen.append((what, (tmp_path / PATH).read_text()))
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    files.replace(tmp_path, PATH, b"new", files.digest(b"old"))
    assert seen == [("file", "old"), ("folder", "new")]
    seen.clear()
    files.create(tmp_path, "entries/other.md", b"other")
    assert [what for what, _ in seen] == ["file", "folder"]
