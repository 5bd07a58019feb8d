"""What every test may ask for; each subject has its file in tests/fixtures/."""

import gc
import os

import pytest

pytest_plugins = [
    "fixtures.network",
    "fixtures.left_out",
    "fixtures.browser",
    "fixtures.databases",
    "platforms.fixtures",
]
LONGEST_NAME = 60
UNMEASURED = {"architecture", "journeys", "platforms", "sweeps", "ui"}
"""They walk through what the other tests show line by line; counting their lines as well costs half of their time."""

INHERITED = "COVERAGE_PROCESS_CONFIG"
"""By which coverage.py measures the processes that a test starts (``patch = subprocess``)."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    """Leave out of the measure all that an unmeasured test does: fixtures and processes of its own included."""
    cov = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if cov is None or item.path.relative_to(item.config.rootpath / "tests").parts[0] not in UNMEASURED:
        return (yield)
    inherited = os.environ.pop(INHERITED, None)
    cov.pause()
    try:
        return (yield)
    finally:
        cov.resume()
        if inherited is not None:
            os.environ[INHERITED] = inherited


def pytest_collection_finish(session):
    """Look for cycles less often, and never in what stays: a quarter of the time of a test of pages went into it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_make_parametrize_id(val, argname):
    """Name bytes and long texts by their argument: packed ones hold the time, and workers must agree on names."""
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > LONGEST_NAME):
        return argname
    return None
