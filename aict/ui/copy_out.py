"""PostgreSQL's COPY read a block of rows at a time: the fastest way out of the database, in constant memory.

COPY pushes rows and an answer pulls them: a thread runs the statement on a connection of its own and fills a short
queue, from which the reader takes. Inside a transaction, which another connection would not see, the rows are put in a
temporary file first.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing
from queue import Queue
from tempfile import SpooledTemporaryFile
from typing import Any

from django.db import connection
from django.db.models import QuerySet

_BLOCK = 128 * 1024  # bytes
_WAITING = 4  # blocks
_IN_MEMORY = 4 * 1024**2  # bytes of the temporary file

Block = list[bytes]


class _AbandonedError(Exception):
    """The reader left."""


def row_blocks(rows: QuerySet) -> Generator[Block, None, None]:
    """The rows of a query of values as lines of CSV parted by `;`, some hundreds at a time. PostgreSQL only.

    Raises what the database raises.
    """
    if connection.in_atomic_block:
        yield from _by_file(rows)
        return
    with closing(connection.copy()) as own, own.cursor() as cursor:
        yield from _by_thread(cursor.cursor, _statement(cursor, rows))


def _statement(cursor: Any, rows: QuerySet) -> str:
    query = cursor.mogrify(*rows.query.sql_with_params()).decode()
    return f"COPY ({query}) TO STDOUT WITH (FORMAT csv, DELIMITER ';')"


class _Sink:
    """The file that COPY writes to: one call for each row."""

    def __init__(self, queue: Queue[Block | BaseException | None]) -> None:
        self.queue = queue
        self.is_abandoned = False
        self._rows: Block = []
        self._size = 0

    def write(self, row: bytes) -> None:
        self._rows.append(row[:-1])  # without its line feed
        self._size += len(row)
        if self._size >= _BLOCK:
            self.flush()

    def flush(self) -> None:
        if self.is_abandoned:
            raise _AbandonedError
        if self._rows:
            self.queue.put(self._rows)
        self._rows, self._size = [], 0


def _by_thread(cursor: Any, statement: str) -> Generator[Block, None, None]:
    sink = _Sink(Queue(_WAITING))
    thread = threading.Thread(target=_copy, args=(cursor, statement, sink), daemon=True)
    thread.start()
    try:
        while (block := sink.queue.get()) is not None:
            if isinstance(block, BaseException):
                raise block
            yield block
    finally:
        sink.is_abandoned = True
        while thread.is_alive():  # it may wait for a place in the queue
            while not sink.queue.empty():
                sink.queue.get_nowait()
            thread.join(0.02)


def _copy(cursor: Any, statement: str, sink: _Sink) -> None:
    try:
        cursor.copy_expert(statement, sink)
        sink.flush()
        sink.queue.put(None)
    except _AbandonedError:
        pass
    except BaseException as error:
        if not sink.is_abandoned:
            sink.queue.put(error)


def _by_file(rows: QuerySet) -> Generator[Block, None, None]:
    lengths: list[int] = []
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        with connection.cursor() as cursor:
            cursor.copy_expert(_statement(cursor, rows), _Lengths(file, lengths))
        file.seek(0)
        for start in range(0, len(lengths), 500):
            yield [file.read(length)[:-1] for length in lengths[start : start + 500]]


class _Lengths:
    """A file that remembers the length of each row: a row may hold line feeds."""

    def __init__(self, file: Any, lengths: list[int]) -> None:
        self.file, self.lengths = file, lengths

    def write(self, row: bytes) -> None:
        self.file.write(row)
        self.lengths.append(len(row))
