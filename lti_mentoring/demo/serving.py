"""The demonstration LMS for a WSGI server: ``lti_mentoring.demo.serving:app``, told by the environment where it is."""

import os

from lti_mentoring.demo.config import DemoConfig
from lti_mentoring.demo.lms import create_lms

config = DemoConfig.from_env(os.environ)
config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
app = create_lms(config)
