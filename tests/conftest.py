"""What every test may ask for; each subject has its file in tests/fixtures/."""

import gc

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


def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.path.relative_to(config.rootpath / "tests").parts[0] in UNMEASURED:
            item.add_marker("no_cover")


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
