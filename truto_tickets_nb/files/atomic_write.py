"""The one way in which this toolkit writes a file: beside its place under a random name, then put there as a whole; and reads one.

A file that is there is replaced only by a complete one, and keeps its permissions. No symbolic link is followed: a link in the place of
the file is replaced like a file, and what it leads to stays as it was (a folder may be a link). Whatever interrupts the writing, a full
disk or Ctrl-C, leaves the earlier file and nothing beside it.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

PART = ".tmp"  # ends the name of a file that is being written
PRIVATE = 0o600  # for this user alone
MOST = 512 * 2**20  # bytes of a file that is read into memory
SHARED = 0o666  # less what the umask takes away
_FLAGS = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_LINKS = {
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
}  # file systems without hard links


Content = str | bytes | Callable[[IO[bytes]], object]


def write_file(path: str | Path, content: Content, *, mode: int | None = None) -> None:
    r"""Write text (as UTF-8, line ends as they are), bytes, or what a function writes; an OSError where that can't be done.

    `mode` is that of the file; None keeps that of the file that is replaced, and leaves the mode of a new file to the umask.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_file(Path(folder) / "note.txt", "one\n")
    ...     write_file(Path(folder) / "note.txt", lambda file: file.write(b"two"))
    ...     [(file.name, file.read_bytes()) for file in Path(folder).iterdir()]
    [('note.txt', b'two')]
    """
    target = Path(path)
    replaced = _replaced(target)
    part = _written(target.parent, content, mode, replaced)
    try:
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(target.parent)


def write_new(path: str | Path, content: bytes, *, mode: int | None = None) -> None:
    """Write a file that must not be there yet: a FileExistsError where it is. Nobody ever sees it incomplete."""
    target = Path(path)
    part = _written(target.parent, content, mode)
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _put(os.open(target, _FLAGS, SHARED if mode is None else mode), content)
    finally:
        part.unlink(missing_ok=True)
    _sync(target.parent)


def _replaced(target: Path) -> os.stat_result | None:
    """Look at the file that is replaced, None where there is none; refuse what must not be replaced: folders, devices, pipes."""
    try:
        own = target.lstat()
        state = target.stat() if stat.S_ISLNK(own.st_mode) else own
    except FileNotFoundError:  # nothing, or a link that leads nowhere
        return None
    except ValueError as error:
        raise OSError(errno.EINVAL, "no file can have this name") from error
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(state.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, no file")
    return None if stat.S_ISLNK(own.st_mode) else own


def _written(folder: Path, content: Content, mode: int | None, replaced: os.stat_result | None = None) -> Path:
    """Write a file under a name that nobody can foresee, from its first byte on readable by those alone who may read it at its end."""
    part = folder / f".{secrets.token_hex(8)}{PART}"
    wanted = stat.S_IMODE(replaced.st_mode) & 0o777 if replaced and mode is None else mode
    number = os.open(part, _FLAGS, SHARED if wanted is None else wanted)
    try:
        _put(number, content)
        if replaced is not None:
            _keep(part, replaced)
        if wanted is not None:
            with suppress(OSError):  # a file system without permissions
                part.chmod(wanted)  # also what the umask took away
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _keep(part: Path, replaced: os.stat_result) -> None:
    """Keep the owner where this process may: root that writes over a user's file leaves it the user's."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(part, replaced.st_uid, replaced.st_gid)


def _put(number: int, content: Content) -> None:
    with os.fdopen(number, "wb") as file:
        if callable(content):
            content(file)
        else:
            file.write(content.encode() if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Make the new name durable, where the system lets a folder be opened for that."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def read_file(path: str | Path, most: int = MOST) -> bytes:
    """Read a file, or a pipe, as a whole; one that is larger than any of ours is an OSError, and is not read."""
    try:
        with Path(path).open("rb") as file:
            content = b"" if os.fstat(file.fileno()).st_size > most else file.read(most + 1)
            if len(content) > most or os.fstat(file.fileno()).st_size > most:
                raise OSError(errno.EFBIG, f"it is larger than {most // 2**20:,} MB")
    except ValueError as error:
        raise OSError(errno.EINVAL, "no file can have this name") from error
    return content


def reason(error: OSError) -> str:
    """Return why a file can't be written or read, without the name of the file beside it.

    >>> reason(PermissionError(13, "Permission denied", "/x/.5f3a.tmp"))
    'Permission denied'
    """
    return error.strerror or str(error)
