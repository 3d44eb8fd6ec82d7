"""A client of the Postgres protocol that only counts bytes, so that its own work does not hide the server's."""

import socket
import struct
import time

READY = b"Z\0\0\0\x05I"


class Connection:
    def __init__(self, port, user="bench", database="cilake"):
        self.socket = socket.create_connection(("127.0.0.1", port))
        body = struct.pack("!I", 196608) + f"user\0{user}\0database\0{database}\0\0".encode()
        self.socket.sendall(struct.pack("!I", len(body) + 4) + body)
        self.until_ready()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def until_ready(self):
        """Reads to the end of the answer: (bytes, seconds to the first of them)."""
        started = time.perf_counter()
        total, first, tail = 0, None, b""
        while not tail.endswith(READY):
            data = self.socket.recv(1 << 20)
            if not data:
                raise ConnectionError("the server has closed the connection")
            first = first or time.perf_counter() - started
            total += len(data)
            tail = (tail + data[-6:])[-6:]
        return total, first

    def text(self, sql):
        """By a simple query: results in text."""
        self.send(b"Q", sql.encode() + b"\0")
        return self.until_ready()

    def binary(self, sql):
        """By Parse, Bind and Execute: results in binary."""
        self.send(b"P", b"\0" + sql.encode() + b"\0\0\0")
        self.send(b"B", b"\0\0" + struct.pack("!hhhh", 0, 0, 1, 1))
        self.send(b"E", b"\0" + struct.pack("!I", 0))
        self.send(b"S", b"")
        return self.until_ready()

    def send(self, kind, body):
        self.socket.sendall(kind + struct.pack("!I", len(body) + 4) + body)


def count(port, sql, binary=False):
    with Connection(port) as connection:
        return connection.binary(sql) if binary else connection.text(sql)
