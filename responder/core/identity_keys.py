"""The keys that identities are stored under: a file beside the database, never in it.

The file has one line ``people <hex>``, whose secret tells people apart and is never changed,
and one line ``key <hex>`` for each key that stored identities may need, the newest last.
"""

from __future__ import annotations

import fcntl
import hmac
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import DontWrapMixin

from responder.core.errors import SettingsError

KEY_BYTES = 32
NONCE_BYTES = 12
NAME_CHARACTERS = 8
PEOPLE, KEY = "people", "key"

_State = tuple[int, int, int]


class KeysUnusable(SettingsError, DontWrapMixin):
    """Identities cannot be read or stored: the keys are missing, spoilt, or not these."""


@dataclass(frozen=True)
class _Keys:
    """What a key file holds; ``keys`` by name, the newest last."""

    people: bytes
    keys: dict[str, bytes]
    ciphers: dict[str, AESGCM]
    newest: str


class KeyRing:
    """The keys of one installation, read when first needed and again when the file changes.

    A stored text is ``name:base64(nonce + AES-256-GCM ciphertext)``. The name is made of the
    key itself, so that a wrong key is never mistaken for the right one.

    :ivar confirmed: somebody has held :attr:`mark` against the database's.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.confirmed = False
        self._seen: tuple[_State, _Keys] | None = None

    def make(self) -> None:
        """Write a new key file; one that is there stays.

        :raises KeysUnusable: the folder cannot be written.
        """
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked() as folder:
                if not self.path.exists():
                    self._write(folder, secrets.token_bytes(KEY_BYTES), [_new_key()])
        except OSError as error:
            raise self._cannot_write(error) from error

    def seal(self, text: str, context: bytes) -> str:
        """``text`` under the newest key.

        :param context: what the text is; it can only be opened as the same.
        """
        keys = self._current()
        nonce = os.urandom(NONCE_BYTES)
        sealed = keys.ciphers[keys.newest].encrypt(
            nonce, text.encode("utf-8", "surrogatepass"), context
        )
        return f"{keys.newest}:{b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, context: bytes) -> str:
        """What :meth:`seal` was given.

        :raises KeysUnusable: under a key that is not here, or changed since.
        """
        name, _, encoded = sealed.partition(":")
        cipher = self._current().ciphers.get(name)
        if cipher is None:
            raise KeysUnusable(
                f"密钥文件 {self.path} 不含身份信息所用的密钥 {name[:NAME_CHARACTERS]}："
                "请从备份放回与数据库同时备份的 identity_keys"
            )
        try:
            data = b64decode(encoded, validate=True)
            text = cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], context)
        except (InvalidTag, ValueError) as error:
            raise KeysUnusable(
                "数据库中有一项身份信息已损坏，无法解密：请从备份恢复数据库"
            ) from error
        return text.decode("utf-8", "surrogatepass")

    def keyed(self, digest: str) -> str:
        """64 hex digits that only this installation makes of ``digest``; no rotation changes them.

        A bare hash of a telephone number or a name is found by trying them all.
        """
        return self.all_keyed([digest])[0]

    def all_keyed(self, digests: Iterable[str]) -> list[str]:
        """:meth:`keyed` of many, with one look at the file."""
        people = self._current().people
        return [hmac.digest(people, digest.encode(), sha256).hex() for digest in digests]

    @property
    def mark(self) -> str:
        """32 hex digits by which a database knows the key file that it was begun with."""
        return self.keyed("mark of the key file")[:32]

    @property
    def newest(self) -> str:
        """The name of the key that is written with."""
        return self._current().newest

    @property
    def names(self) -> list[str]:
        """The keys that can be read with, the newest last."""
        return list(self._current().keys)

    def add(self) -> str:
        """Add a key, which is written with from now on, unless a rotation is under way.

        Every process takes it up with its next word to the file system.

        :returns: the name of the newest key.
        """
        with self._changing() as (folder, keys):
            if len(keys.keys) == 1:
                self._write(folder, keys.people, [*keys.keys.values(), _new_key()])
        return self.newest

    def drop(self, names: Collection[str]) -> None:
        """Forget keys that nothing is stored under any more; never the newest."""
        with self._changing() as (folder, keys):
            kept = [key for name, key in keys.keys.items() if name not in names]
            self._write(folder, keys.people, kept or [keys.keys[keys.newest]])

    @contextmanager
    def _changing(self) -> Iterator[tuple[int, _Keys]]:
        """The folder and the keys, which nobody else changes meanwhile."""
        if not self.path.parent.is_dir():
            raise self._missing()
        try:
            with self._locked() as folder:
                yield folder, self._current()
        except OSError as error:
            raise self._cannot_write(error) from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The folder, open, which one process at a time writes to."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield folder
        finally:
            os.close(folder)

    def _write(self, folder: int, people: bytes, keys: list[bytes]) -> None:
        """Put a key file in place of what is there: whole and on the disk, or not at all.

        :raises OSError: it could not be; what was there is there still.
        """
        lines = [f"{PEOPLE} {people.hex()}", *map(_key_line, keys)]
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.unlink(missing_ok=True)
        try:
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write("\n".join([*lines, ""]))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        os.fsync(folder)

    def _current(self) -> _Keys:
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise self._missing() from error
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._seen is None or self._seen[0] != state:
            self._seen, self.confirmed = (state, self._read()), False
        return self._seen[1]

    def _read(self) -> _Keys:
        try:
            lines = [line.split() for line in self.path.read_text("ascii").splitlines() if line]
            people = [bytes.fromhex(value) for kind, value in lines if kind == PEOPLE]
            keys = [bytes.fromhex(value) for kind, value in lines if kind == KEY]
        except (OSError, ValueError) as error:
            raise self._spoilt() from error
        if len(people) != 1 or not keys or {len(key) for key in (*people, *keys)} != {KEY_BYTES}:
            raise self._spoilt()
        named = {_name(key): key for key in keys}
        return _Keys(people[0], named, {n: AESGCM(k) for n, k in named.items()}, _name(keys[-1]))

    def _missing(self) -> KeysUnusable:
        return KeysUnusable(
            f"找不到身份信息的密钥文件 {self.path}："
            "新安装请先运行 responder init；已有数据的，请从备份放回 identity_keys，"
            "或用 RESPONDER_IDENTITY_KEY_FILE 指明"
        )

    def _spoilt(self) -> KeysUnusable:
        return KeysUnusable(
            f"身份信息的密钥文件 {self.path} 无法读取或不完整：请检查权限，或从备份放回"
        )

    def _cannot_write(self, error: OSError) -> KeysUnusable:
        return KeysUnusable(
            f"无法写入身份信息的密钥文件 {self.path}（{error.strerror}）：请检查目录权限"
        )


def _new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def _key_line(key: bytes) -> str:
    return f"{KEY} {key.hex()}"


def _name(key: bytes) -> str:
    return sha256(b"name of an identity key" + key).hexdigest()[:NAME_CHARACTERS]
