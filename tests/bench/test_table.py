"""The rows of a benchmark run."""

import json

from bench.table import Row, shown, written

ROWS = [Row("launch_cpu", "CPU ms/launch", 4.0, "ltijs", 16.0, 600)]


def test_the_file_has_a_row_with_every_field_and_the_ratio():
    assert json.loads(written(ROWS)) == [
        {
            "name": "launch_cpu",
            "unit": "CPU ms/launch",
            "ours": 4.0,
            "peer_name": "ltijs",
            "peer": 16.0,
            "n": 600,
            "ratio": 0.25,
        }
    ]


def test_the_table_names_the_peer_and_the_ratio():
    head, line = shown(ROWS).splitlines()
    assert head.startswith("measure")
    assert line.split() == ["launch_cpu", "4.000", "16.000", "0.250", "CPU", "ms/launch", "600", "ltijs"]
