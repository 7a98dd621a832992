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


def test_the_words_for_each_weakness() -> None:
    assert weaknesses(POLICY, "admin", "admin") == [
        "长度应为10至128位", "应含大写字母、小写字母、数字、符号中的3类", "不得含登录名、姓名", "含有容易被猜到的字串",
    ]  # fmt: skip
    assert weaknesses(PasswordPolicy(length=3), "A1-") == ["重复的字符过多"]


@pytest.mark.parametrize(("length", "good"), [(9, False), (10, True), (128, True), (129, False)])
def test_the_first_and_the_last_length_that_will_do(length: int, good: bool) -> None:
    assert (weaknesses(POLICY, ("aB3-" + "xyz7" * 50)[:length]) == []) is good


def test_three_characters_of_a_name_count_and_four_different_ones_are_enough() -> None:
    assert weaknesses(POLICY, "Shan-LIM-2026", "lim") == ["不得含登录名、姓名"]
    assert weaknesses(POLICY, "aB3-aB3-aB3-") == []
    assert weaknesses(POLICY, "aA3-aA3-aA3-") == [
        "重复的字符过多"
    ]  # capital and small letters are alike here


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
    odd = PasswordPolicy(attempts=3, lock_minutes=7)
    assert lock_until(odd, 9, NOW) == NOW + timedelta(minutes=28)
