from __future__ import annotations

import pytest

from phototag import errors

CODES = {
    errors.UsageError: 2,
    errors.UnknownError: 2,
    errors.WrongQueryError: 2,
    errors.EngineError: 3,
    errors.LibraryError: 4,
    errors.DamagedError: 4,
    errors.LockedError: 4,
    errors.NewerIndexError: 5,
    errors.EditedError: 6,
    errors.LossError: 6,
    errors.ChecksumError: 7,
    errors.StoppedError: 130,
}


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_each_way_to_stop_has_the_exit_code_of_the_contract(kind: type[errors.PhototagError], code: int) -> None:
    assert kind.exit_code == code


def test_every_error_class_is_in_the_table() -> None:
    def below(kind: type) -> set[type]:
        return {kind, *(grandchild for child in kind.__subclasses__() for grandchild in below(child))}

    assert below(errors.PhototagError) == {errors.PhototagError, *CODES}


def test_a_bad_photo_is_not_a_way_to_stop() -> None:
    assert not issubclass(errors.PhotoError, errors.PhototagError)
