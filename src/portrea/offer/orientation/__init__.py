"""From a person's situation to the right door: what is typed, what is asked, which place, why.

Pure: no clock, no database, no travel model. Minutes of travel, the day and the time are arguments.
"""

from __future__ import annotations
