"""The load of a class start, as a process of its own; prints what it measured as JSON.

Arguments: LOGIN_URL LAUNCH_URL PLATFORM_URL; the platform's private key comes on standard input.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from bench.launches import Browser
from bench.platform import Signing

PEOPLE, SECONDS = 500, 60
FIRST, FIRST_SECONDS = 250, 10
AT_ONCE = 64


def main():
    login, launch, platform = sys.argv[1:]
    signing = Signing(platform, sys.stdin.buffer.read())
    tool = SimpleNamespace(name="lti_mentoring", login=login, launch=launch)
    rest = PEOPLE - FIRST
    starts = [FIRST_SECONDS * n / FIRST for n in range(FIRST)]
    starts += [FIRST_SECONDS + (SECONDS - FIRST_SECONDS) * n / rest for n in range(rest)]
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waits = []
        for number, start in enumerate(starts):
            time.sleep(max(0.0, began + start - time.monotonic()))
            waits.append(pool.submit(come, tool, signing, number, time.monotonic()))
        times = [done.result() for done in waits]
    print(json.dumps({"ms": [one for one in times if one is not None], "cpu": time.process_time()}))


def come(tool, signing, number, due):
    """Launch as one person and open the first page; return the milliseconds since it was due, or None when lost."""
    browser = Browser(tool, signing)
    try:
        page = browser.launch(number, people=PEOPLE)
        if browser.open(page) != 200:
            return None
    except (OSError, SystemExit):
        return None
    finally:
        browser.connection.close()
    return (time.monotonic() - due) * 1000


if __name__ == "__main__":
    main()
