from __future__ import annotations

import math
import uuid

from app.actions import Invocation, InvocationStatus
from things import Thing, action


class Fitter(Thing):
    @action
    def fit(self) -> list[float]:
        return [1.0, math.nan]


def test_a_result_that_json_cannot_say_is_an_error_and_no_null() -> None:
    thing = Fitter()
    invocation = Invocation(Fitter.fit, thing, uuid.uuid4())
    invocation.start()

    assert invocation.wait_ended(10)
    assert invocation.status is InvocationStatus.ERROR
    assert invocation.problem is not None
    assert "NaN" in invocation.problem.detail
