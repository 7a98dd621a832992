"""A mail server in a process of its own that takes everything, keeps only Message-IDs, and answers after a delay.

`python -m benchmarks.sinkserver DELAY_MS` prints its port; when its input ends it prints how many mails it took and how
many of their Message-IDs were different.
"""

from __future__ import annotations

import asyncio
import sys

GREETING, HELLO = b"220 sink ESMTP\r\n", b"250-sink\r\n250-PIPELINING\r\n250 SIZE 30000000\r\n"
MARK = b"\r\nMessage-ID: "
LIMIT = 1 << 22  # bytes that may wait unread


class Sink:
    """What the server has taken."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.taken = 0
        self.seen: set[bytes] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end; commands that arrived together are answered together."""
        writer.write(GREETING)
        while line := await reader.readline():
            word = line[:4].upper()
            if word in {b"EHLO", b"HELO"}:
                await self.answer(writer, HELLO)
            elif word == b"DATA":
                await self.answer(writer, b"354 go on\r\n")
                self.keep(await reader.readuntil(b"\r\n.\r\n"))
                await self.answer(writer, b"250 ok queued as 1\r\n")
            elif word == b"QUIT":
                break
            else:
                writer.write(b"250 ok\r\n")
                if not self.waits(reader):
                    await self.answer(writer, b"")
        writer.close()

    @staticmethod
    def waits(reader: asyncio.StreamReader) -> bool:
        """Tell whether more of the client's words are here already."""
        return bool(reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001  asyncio has no question for it

    async def answer(self, writer: asyncio.StreamWriter, said: bytes) -> None:
        """Answer after the delay of the line."""
        if self.delay:
            await asyncio.sleep(self.delay)
        writer.write(said)
        await writer.drain()

    def keep(self, mime: bytes) -> None:
        """Remember a mail."""
        self.taken += 1
        start = mime.find(MARK) + len(MARK)
        self.seen.add(mime[start : mime.find(b"\r\n", start)])


async def serve(delay: float) -> Sink:
    """Serve until the input of this process ends."""
    sink = Sink(delay)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=LIMIT)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    return sink


if __name__ == "__main__":
    done = asyncio.run(serve(int(sys.argv[1]) / 1000))
    print(done.taken, len(done.seen), flush=True)
