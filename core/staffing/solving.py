"""Linear and mixed integer programs, solved by HiGHS on one thread with a fixed seed: the same answer every time.

HiGHS computes and touches nothing else; that is why core may use it (docs/decisions/0017).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

NODES = 400  # of branch and bound; a limit of nodes, unlike one of seconds, is the same on every machine
GAP = 1e-4
INFINITE = float("inf")


@dataclass(slots=True)
class Program:
    """A program to make as cheap as may be: columns from 0 up to a limit, with costs, and rows between limits."""

    cost: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, cost: float, *, upper: float = 1.0, whole: bool = False) -> int:
        """Add a column and return its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, low: float, high: float, *terms: tuple[Iterable[int], float]) -> None:
        """Add a row: the sum of all columns times their factors lies from `low` to `high`."""
        for columns, factor in terms:
            before = len(self.index)
            self.index.extend(columns)
            self.value.extend([factor] * (len(self.index) - before))
        self.start.append(len(self.index))
        self.low.append(low)
        self.high.append(high)

    def solve(self, seed: int) -> tuple[list[float] | None, float]:
        """Return the values of the columns, None when there are none, and a bound below which no answer lies.

        Within the limit of nodes the best answer found counts; if there is none yet, the first one found after it.
        """
        if not self.cost:  # the solver looks at no row of a program without columns
            fits = all(low <= 0 <= high for low, high in zip(self.low, self.high, strict=True))
            return ([], 0.0) if fits else (None, INFINITE)
        found = self._run(seed, {"mip_max_nodes": NODES})
        if found is None:
            found = self._run(seed, {"mip_max_improving_sols": 1})
        assert found is not None  # without a limit of nodes there is an answer or a proof that there is none
        return found

    def _run(self, seed: int, limits: Mapping[str, int]) -> tuple[list[float] | None, float] | None:
        import highspy  # heavy: only planning needs it

        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs leave the constructor open
        settings = {
            "output_flag": False,
            "threads": 1,
            "random_seed": seed % 2**31,
            "mip_rel_gap": GAP,
            **limits,
        }
        for name, setting in settings.items():
            solver.setOptionValue(name, setting)
        solver.passModel(self._model(highspy))
        solver.run()
        status, info = solver.getModelStatus(), solver.getInfo()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None, INFINITE
        if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        bound = info.mip_dual_bound if any(self.whole) else info.objective_function_value
        return list(solver.getSolution().col_value), bound

    def _model(self, highspy: Any) -> Any:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.cost), len(self.low)
        model.col_cost_, model.col_lower_, model.col_upper_ = self.cost, [0.0] * len(self.cost), self.upper
        model.row_lower_, model.row_upper_ = self.low, self.high
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_, matrix.index_, matrix.value_ = self.start, self.index, self.value
        kinds = highspy.HighsVarType
        model.integrality_ = [kinds.kInteger if whole else kinds.kContinuous for whole in self.whole]
        return model
