"""Kinds of work that live as long as one test."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aict.jobs import registry
from aict.jobs.models import Job


@pytest.fixture
def kind():
    """`kind("name")(function, …)` registers a kind of work until the end of the test."""
    names = []

    def register(run: Callable, name: str = "essai", **options) -> str:
        registry.job_kind(name, **options)(run)
        names.append(name)
        return name

    yield register
    for name in names:
        registry.forget(name)


@pytest.fixture
def job(collectivity) -> Job:
    """A waiting job of the kind « essai »."""
    return make_job(collectivity)


def make_job(collectivity, **fields) -> Job:
    fields = {"kind": "essai", "label": "PDF de la stratégie", "target_id": 7} | fields
    return Job.objects.create(collectivity=collectivity, **fields)
