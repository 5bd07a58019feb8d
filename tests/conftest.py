"""What every test may ask for; each subject has its file in tests/fixtures/."""

pytest_plugins = [
    "fixtures.network",
    "fixtures.left_out",
    "platforms.fixtures",
    "fixtures.browser",
    "fixtures.databases",
]
