# SPDX-License-Identifier: GPL-3.0-or-later
"""For a test all of which needs a screen: to import it is to skip the test
where python3-pyte is not there."""
import sys

try:
    import pyte  # noqa
except ImportError:
    print("1..0 # SKIP python3-pyte is not there")
    sys.exit(0)
