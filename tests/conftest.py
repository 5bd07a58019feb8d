"""What every test may ask for; each subject has its file in tests/fixtures/."""

import gc
import os

import pytest

pytest_plugins = [
    "fixtures.measure",
    "fixtures.network",
    "fixtures.left_out",
    "fixtures.browser",
    "fixtures.databases",
    "fixtures.lent",
    "platforms.fixtures",
]
LONGEST_NAME = 60
LONGEST = {
    "sweeps/test_pages.py": 210,
    "journeys/test_every_browser.py": 140,
    "journeys/test_whole_course.py": 60,
    "sweeps/test_hostile_input.py": 55,
    "sweeps/test_walls.py": 45,
    "journeys/test_demo.py": 40,
    "journeys/test_sick_neighbour.py": 35,
    "journeys/test_third_party_platforms.py": 35,
    "sweeps/test_audit.py": 35,
    "ui/test_in_a_browser.py": 30,
    "platforms/test_third_parties.py": 25,
    "journeys/test_hostile_platform.py": 25,
}
"""The files that take longest, in seconds."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let each worker begin with its share of the longest files: what is left to the end can be divided.

    With ``--dist worksteal`` the workers get equal parts of the list and take from each other's ends; a file that is
    divided sets up its fixtures twice. Otherwise the order stays that of pytest-randomly.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    files, others = {}, []
    for item in items:
        name = item.path.relative_to(config.rootpath / "tests").as_posix()
        (files.setdefault(name, []) if name in LONGEST else others).append(item)
    shares, seconds = [[] for _ in range(workers)], [0] * workers
    for name in sorted(files, key=LONGEST.__getitem__, reverse=True):
        least = seconds.index(min(seconds))
        shares[least] += files[name]
        seconds[least] += LONGEST[name]
    left, number = [], len(items)
    for worker, share in enumerate(shares):
        room = (number - len(left)) // (workers - worker) - len(share)
        left += [*share, *(others.pop() for _ in range(min(max(room, 0), len(others))))]
    items[:] = [*left, *others]


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
