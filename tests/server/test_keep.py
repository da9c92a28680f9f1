"""What the server does for the log beside its work: see that it is whole, and go on trying."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vedette.server.app import keep
from vedette.store import Log
from vedette.store.log_check import entries


def test_a_log_is_checked_at_the_start_and_tried_until_it_takes_entries_again(tmp_path: Path) -> None:
    log = Log(tmp_path, Ed25519PrivateKey.from_private_bytes(bytes(32)), lambda: 1)
    log.append("Duty officer", "act", {"note": "seen"})
    path = tmp_path / "000001.log"
    path.write_bytes(path.read_bytes().replace(b"seen", b"sown"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async def story() -> None:
        keeping = asyncio.create_task(keep(log, every_s=0.002))
        while not log.unsound:
            await asyncio.sleep(0.002)
        assert "Entry 2 is bad" in log.trouble
        with pytest.MonkeyPatch.context() as broken:
            broken.setattr(Log, "_write", full)
            log.append("Duty officer", "act")
            await asyncio.sleep(0.01)
            assert "No space left on device. Make room. So far 1 entry is missing." in log.trouble
        while log.trouble != log.unsound:
            await asyncio.sleep(0.002)
        keeping.cancel()

    asyncio.run(asyncio.wait_for(story(), 10.0))
    assert [entry.what for entry in entries(tmp_path)] == ["segment", "act", "gap"]
