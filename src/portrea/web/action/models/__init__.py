"""What the room keeps: help given, appointments, workshops, difficulties, dates, outreach."""

from portrea.web.action.models.activities import Record, RecordImport
from portrea.web.action.models.appointments import (
    Appointment,
    AppointmentCount,
    Closing,
    Opening,
    Permanence,
)
from portrea.web.action.models.deadlines import DateRule
from portrea.web.action.models.difficulties import Difficulty, Exchange, Proposal
from portrea.web.action.models.notebooks import Notebook
from portrea.web.action.models.outreach import (
    Equipment,
    HomeHelp,
    Loan,
    Mandate,
    MandateAct,
    Maraude,
    SelfService,
    SelfServiceUse,
)
from portrea.web.action.models.procedures import Procedure
from portrea.web.action.models.reminders import Reminder
from portrea.web.action.models.tallies import Tally, TallyCell, TallyStale
from portrea.web.action.models.workshops import (
    Contact,
    Helper,
    Opinion,
    Registration,
    Series,
    Shift,
    Workshop,
)

__all__ = [
    "Appointment",
    "AppointmentCount",
    "Closing",
    "Contact",
    "DateRule",
    "Difficulty",
    "Equipment",
    "Exchange",
    "Helper",
    "HomeHelp",
    "Loan",
    "Mandate",
    "MandateAct",
    "Maraude",
    "Notebook",
    "Opening",
    "Opinion",
    "Permanence",
    "Procedure",
    "Proposal",
    "Record",
    "RecordImport",
    "Registration",
    "Reminder",
    "SelfService",
    "SelfServiceUse",
    "Series",
    "Shift",
    "Tally",
    "TallyCell",
    "TallyStale",
    "Workshop",
]
