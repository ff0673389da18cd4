from __future__ import annotations

from phototag.web.keys import LONGEST_WAIT_S, Patience, is_equal, new_secret


def test_secrets_differ_and_are_long() -> None:
    assert len({new_secret() for _ in range(100)}) == 100
    assert len(new_secret()) >= 43


def test_equal() -> None:
    assert is_equal("é", "é")
    assert not is_equal("é", "e")
    assert not is_equal("\ud800", "")


def test_patience_grows_with_each_wrong_password_and_is_back_after_a_right_one() -> None:
    now = [0.0]
    patience = Patience(lambda: now[0])
    waits = []
    for _ in range(6):
        patience.note(right=False)
        waits.append(patience.wait_s())
        now[0] += patience.wait_s()
    assert waits == [0, 0, 1, 2, 4, 8]
    for _ in range(50):
        patience.note(right=False)
    assert patience.wait_s() == LONGEST_WAIT_S
    now[0] += LONGEST_WAIT_S
    patience.note(right=True)
    assert patience.wait_s() == 0
