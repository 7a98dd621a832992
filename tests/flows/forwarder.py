"""A process that passes TCP connections on, so that a host in a network namespace reaches servers on loopback.

python -m tests.flows.forwarder ADDRESS PORT [PORT ...]     listens there, connects to the same port of 127.0.0.1
"""

from __future__ import annotations

import asyncio
import sys


async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until one side ends."""
    try:
        while chunk := await source.read(65536):
            target.write(chunk)
            await target.drain()
    except OSError:
        pass  # the line was cut, which is what the test is about
    finally:
        target.close()


async def serve(address: str, port: int) -> asyncio.Server:
    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            writer.close()  # the server is down: refuse as it would
            return
        await asyncio.gather(pump(reader, back), pump(there, writer))

    return await asyncio.start_server(pass_on, address, port)


async def main(address: str, ports: list[int]) -> None:
    servers = [await serve(address, port) for port in ports]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], [int(port) for port in sys.argv[2:]]))
