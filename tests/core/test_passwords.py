"""What a password must be, when it is too old, and when an account is locked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from core.access.passwords import PasswordPolicy, count_classes, lock_until, must_change, weaknesses

POLICY = PasswordPolicy()
PLAIN = PasswordPolicy(length=8, classes=0, valid_days=0)  # as ASVS advises: neither composition nor expiry
NOW = datetime(2026, 6, 30, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "good", ["Shanshui-2026-Xian", "山水相连-Xian-88", "aB3" + "x9Yz" * 30, "正确 的 马 电池 Staple7"]
)
def test_a_long_password_of_several_kinds_will_do(good: str) -> None:
    assert weaknesses(POLICY, good, "director", "示例主任") == []


@pytest.mark.parametrize(("bad", "said"), [
    ("aB3-xyz", "长度应为10至128位"), ("aB3-" + "x" * 130, "长度应为10至128位"), ("onlysmallletters", "3类"),
    ("small-letters", "3类"), ("Director-2026-Xian", "不得含登录名、姓名"), ("Admin-2026-Xian", "容易被猜到"),
    ("MyPassword-77x", "容易被猜到"), ("Ｐａｓｓｗｏｒｄ-77x", "容易被猜到"), ("aaaaaaaaaaB1", "重复的字符过多"),
])  # fmt: skip
def test_each_weakness_is_told(bad: str, said: str) -> None:
    assert any(said in one for one in weaknesses(POLICY, bad, "director", "示例主任")), weaknesses(
        POLICY, bad
    )


def test_several_weaknesses_are_told_at_once_and_short_names_do_not_count() -> None:
    assert len(weaknesses(POLICY, "aaa111", "director")) == 3
    assert weaknesses(POLICY, "Shanshui-2026-Xian", "an", "") == []


def test_an_office_may_ask_for_length_alone() -> None:
    assert weaknesses(PLAIN, "correcthorse", "director") == []
    assert not must_change(PLAIN, date(2020, 1, 1), date(2026, 1, 1))


def test_classes_are_small_and_capital_letters_digits_and_everything_else() -> None:
    assert [count_classes(text) for text in ("", "a", "aB", "aB3", "aB3-", "山")] == [0, 1, 2, 3, 4, 1]


def test_a_password_serves_its_days_and_no_longer() -> None:
    begun = date(2026, 1, 1)
    assert not must_change(POLICY, begun, begun + timedelta(POLICY.valid_days))
    assert must_change(POLICY, begun, begun + timedelta(POLICY.valid_days + 1))


def test_each_round_of_failures_locks_for_twice_as_long_and_at_most_a_day() -> None:
    def minutes(failures: int) -> float | None:
        until = lock_until(POLICY, failures, NOW)
        return None if until is None else (until - NOW) / timedelta(minutes=1)

    assert [minutes(one) for one in (0, 4, 5, 6, 9, 10, 15)] == [None, None, 10, None, None, 20, 40]
    assert minutes(5 * 40) == 24 * 60
