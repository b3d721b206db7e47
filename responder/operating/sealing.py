"""A file that is sealed as it is written: encrypted in pieces, none of which can be changed,
left out, moved or added without its being noticed.

A head names the format and holds a salt; the key is made of the passphrase and the salt (scrypt),
so that no two files share one. Each piece is AES-256-GCM under the key, its nonce the number of
the piece and whether it is the last, the head its additional data.
"""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from responder.core.errors import Invalid

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

MAGIC = b"responder-backup/1\n"
SALT_BYTES = 16
TAG_BYTES = 16
PIECE = 1 << 20
SHORTEST_PASSPHRASE = 12

# A nonce: eight zero bytes, the number of the piece in three, one that says what it is.
INSIDE, LAST, HEAD = 0, 1, 2

NOT_OURS = "不是回应台的备份文件，或开头已损坏：请取得完整的备份文件"
WRONG_KEY = "备份口令或密钥文件不对，或备份文件的开头已损坏：没有读取任何内容"
DAMAGED = "备份文件已损坏、被改动或不完整：请改用另一份备份"


def _cipher(passphrase: bytes, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase))


def _nonce(number: int, kind: int) -> bytes:
    return number.to_bytes(11, "big") + bytes([kind])


class Sealer(io.RawIOBase):
    """What is written to it is sealed into ``target``; whole only once it is closed."""

    def __init__(self, target: IO[bytes], passphrase: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self._target = target
        self._head = MAGIC + salt
        self._cipher = _cipher(passphrase, salt)
        self._waiting = bytearray()
        self._number = 0
        target.write(self._head + self._cipher.encrypt(_nonce(0, HEAD), b"", self._head))

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer) -> int:
        """More than a piece is never held: the last one, which may be empty, waits for the end."""
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._seal(bytes(self._waiting[:PIECE]), INSIDE)
            del self._waiting[:PIECE]
        return memoryview(data).nbytes

    def finish(self) -> None:
        """Seal what waits as the last piece. Without it the file is refused, as a torn one is."""
        self._seal(bytes(self._waiting), LAST)
        self._waiting.clear()

    def _seal(self, piece: bytes, kind: int) -> None:
        nonce = _nonce(self._number, kind)
        self._target.write(self._cipher.encrypt(nonce, piece, self._head))
        self._number += 1


class Opener(io.RawIOBase):
    """What a :class:`Sealer` was given, in order.

    :raises Invalid: another file, another passphrase, or not what was sealed; also from reading.
    """

    def __init__(self, source: IO[bytes], passphrase: bytes) -> None:
        self._source = source
        self._head = source.read(len(MAGIC) + SALT_BYTES)
        if len(self._head) < len(MAGIC) + SALT_BYTES or not self._head.startswith(MAGIC):
            raise Invalid(NOT_OURS)
        self._cipher = _cipher(passphrase, self._head[len(MAGIC) :])
        self._open(source.read(TAG_BYTES), _nonce(0, HEAD), WRONG_KEY)
        self._number = 0
        self._sealed = source.read(PIECE + TAG_BYTES)
        self._piece = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        if not self._piece and not self._ended:
            self._next()
        into = memoryview(buffer).cast("B")
        count = min(len(into), len(self._piece))
        into[:count] = self._piece[:count]
        self._piece = self._piece[count:]
        return count

    def _next(self) -> None:
        sealed, self._sealed = self._sealed, self._source.read(PIECE + TAG_BYTES)
        self._ended = not self._sealed
        nonce = _nonce(self._number, LAST if self._ended else INSIDE)
        self._piece = memoryview(self._open(sealed, nonce, DAMAGED))
        self._number += 1

    def _open(self, sealed: bytes, nonce: bytes, refusal: str) -> bytes:
        try:
            return self._cipher.decrypt(nonce, sealed, self._head)
        except (InvalidTag, ValueError) as error:
            raise Invalid(refusal) from error
