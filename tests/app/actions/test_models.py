from __future__ import annotations

import logging
from collections import deque
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import BaseModel, RootModel, ValidationError

from app import actions
from app.actions import (
    ACTION_INVOCATIONS_PATH,
    DequeLogHandler,
    EmptyInput,
    InvocationStatus,
    LinkElement,
    LogRecordModel,
    StrictEmptyInput,
    model_to_dict,
)
from app.actions.log import invocation_logger
from things import blobs


class Inner(BaseModel):
    x: int = 1


class Outer(BaseModel):
    inner: Inner = Inner()
    n: int = 2


def test_all_names_are_where_people_know_them():
    for name in (
        "model_to_dict", "EmptyInput", "LinkElement", "InvocationStatus", "LogRecordModel",
        "Invocation", "DequeLogHandler", "ActionManager", "InvocationCancelledError",
        "NoBlobManagerError",
    ):  # fmt: skip
        assert hasattr(actions, name)
    assert actions.blobdata_to_url_ctx is blobs.blobdata_to_url_ctx
    assert hasattr(actions.invocation_model, "GenericInvocationModel")
    assert ACTION_INVOCATIONS_PATH == "/action_invocations"


def test_the_statuses_are_those_of_the_wire():
    assert [status.value for status in InvocationStatus] == [
        "pending", "running", "completed", "cancelled", "error",
    ]  # fmt: skip


def test_a_model_becomes_keywords_and_models_within_stay_models():
    assert model_to_dict(None) == {}
    assert model_to_dict(EmptyInput(None)) == {}
    assert model_to_dict(EmptyInput.model_validate({})) == {}
    kwargs = model_to_dict(Outer())
    assert kwargs == {"inner": Inner(), "n": 2}
    assert isinstance(kwargs["inner"], Inner)


def test_a_root_model_with_content_has_no_names_for_it():
    with pytest.raises(ValueError, match="root model"):
        model_to_dict(RootModel[int](3))


def test_extra_keys_of_an_empty_input_are_passed_on():
    assert model_to_dict(EmptyInput.model_validate({"a": 1})) == {"a": 1}


def test_the_strict_empty_input_takes_nothing():
    StrictEmptyInput.model_validate(None)
    StrictEmptyInput.model_validate({})
    with pytest.raises(ValidationError):
        StrictEmptyInput.model_validate({"a": 1})


def test_a_link_needs_an_address():
    assert LinkElement(href="/x").model_dump() == {
        "href": "/x", "type": None, "rel": None, "anchor": None,
    }  # fmt: skip
    with pytest.raises(ValidationError):
        LinkElement.model_validate({})


def record(message: str = "hi", *args: object, level: int = logging.INFO) -> logging.LogRecord:
    return logging.LogRecord("a", level, "folder/file.py", 7, message, args, None)


def test_a_record_is_told_with_its_message_built():
    model = LogRecordModel.model_validate(record("%s is %d", "x", 3))

    assert (model.message, model.levelname, model.levelno) == ("x is 3", "INFO", 20)
    assert (model.lineno, model.filename) == (7, "file.py")
    assert model.created.utcoffset() == timedelta(0)


@pytest.mark.parametrize("args", [("three",), (1, 2)])
def test_arguments_that_do_not_fit_are_said_instead_of_raised(args):
    model = LogRecordModel.model_validate(record("%d and nothing more %s %s", *args))

    assert model.message.startswith("Error constructing message (")
    assert "from <LogRecord" in model.message


def test_the_handler_appends_records_themselves_and_never_truncates():
    kept: list[logging.LogRecord] = []
    handler = DequeLogHandler(kept)
    records = [record(str(number)) for number in range(2000)]
    for each in records:
        handler.handle(each)

    assert all(mine is yours for mine, yours in zip(kept, records, strict=True))


def test_what_is_below_the_handlers_level_is_ignored():
    kept: deque[logging.LogRecord] = deque()
    logger = invocation_logger(uuid4())
    logger.addHandler(DequeLogHandler(kept))
    logger.debug("no")
    logger.info("yes")

    assert [each.getMessage() for each in kept] == ["yes"]


def test_a_message_says_what_its_arguments_were_when_it_was_logged():
    kept: deque[logging.LogRecord] = deque()
    logger = invocation_logger(uuid4())
    logger.addHandler(DequeLogHandler(kept))
    counts = [1]
    logger.info("counts %s", counts)
    counts.append(2)

    assert LogRecordModel.model_validate(kept[0]).message == "counts [1]"


def test_loggers_of_invocations_are_not_registered_for_ever():
    id = uuid4()
    logger = invocation_logger(id)

    assert str(id) in logger.name
    assert logger.name not in logging.Logger.manager.loggerDict
