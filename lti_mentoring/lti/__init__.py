"""The border to the platform: LTI 1.3 messages and services on one side, frozen dataclasses on the other."""
