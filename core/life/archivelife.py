"""The life of a file (案卷): packed, filed under its number, handed to the archive, or appraised and destroyed."""

from __future__ import annotations

from enum import StrEnum

from core.life.machines import Machine


class ArchiveState(StrEnum):
    PACKED = "packed"
    FILED = "filed"
    TRANSFERRED = "transferred"
    APPRAISED = "appraised"
    DESTROYED = "destroyed"


class ArchiveAct(StrEnum):
    PACK_AGAIN = "pack_again"
    FILE = "file"
    TRANSFER = "transfer"
    APPRAISE = "appraise"
    KEEP = "keep"
    DESTROY = "destroy"


_S, _A = ArchiveState, ArchiveAct
ARCHIVE_MOVES = {
    (_S.PACKED, _A.PACK_AGAIN): _S.PACKED,
    (_S.PACKED, _A.FILE): _S.FILED,
    (_S.FILED, _A.TRANSFER): _S.TRANSFERRED,
    (_S.FILED, _A.APPRAISE): _S.APPRAISED,
    (_S.APPRAISED, _A.KEEP): _S.FILED,
    (_S.APPRAISED, _A.DESTROY): _S.DESTROYED,
}
_KEEPERS = frozenset({"officer", "director"})
ARCHIVE = Machine(
    code="archive",
    thing="案卷",
    moves=ARCHIVE_MOVES,
    state_labels={
        _S.PACKED: "已装卷",
        _S.FILED: "已归档",
        _S.TRANSFERRED: "已移交进馆",
        _S.APPRAISED: "已鉴定",
        _S.DESTROYED: "已销毁",
    },
    act_labels={
        _A.PACK_AGAIN: "重新装卷",
        _A.FILE: "编号归档",
        _A.TRANSFER: "移交进馆",
        _A.APPRAISE: "到期鉴定",
        _A.KEEP: "续存",
        _A.DESTROY: "销毁",
    },
    actors={
        _A.PACK_AGAIN: _KEEPERS,
        _A.FILE: _KEEPERS,
        _A.TRANSFER: frozenset({"director"}),
        _A.APPRAISE: _KEEPERS,
        _A.KEEP: frozenset({"director"}),
        _A.DESTROY: frozenset({"director"}),
    },
)
