"""What every test may ask for; each subject has its file in tests/fixtures/."""

from importlib import import_module

pytest_plugins = ["fixtures.network", "fixtures.left_out"]
try:
    import_module("lti_mentoring.app")
    pytest_plugins.append("fixtures.databases")
except ImportError:
    pass
