"""Reading of one French text of opening hours: items become rules, or are told as not understood.

Days wait for their spans (« lundi 9h-12h ») or spans for their days (« 9h-12h le lundi »);
exceptions change the rules already read. What could mean two things is lost on purpose: a person
will say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from portrea.vocab import french_hours_words as lexicon
from portrea.vocab.french_hours_rules import Rule, cut, fits

if TYPE_CHECKING:
    from portrea.vocab.french_hours_rules import Span
    from portrea.vocab.french_hours_words import Item

NO_DAYS = "les jours ne sont pas dits"


@dataclass(slots=True)
class Reading:
    """The state of the reading of one text."""

    text: str
    day: int | None = None
    items: list[Item] = field(default_factory=list)
    rules: list[tuple[str, Rule]] = field(default_factory=list)
    current: Rule | None = None
    spans_first: bool | None = None
    scope: str = ""
    closed: set[str] = field(default_factory=set)
    excepted: list[tuple[str, Item, Item]] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    guessed: bool = False
    weeks: str | None = None
    appointment: bool = False
    also_appointment: bool = False
    shut: bool = False

    def read(self) -> None:
        """Read all the items of the text."""
        self.items = lexicon.items_of(self.text)
        at = 0
        while at < len(self.items):
            at = self._step(at)
        self._finish()
        for scope, *said in self.excepted:
            if len({rule.start for _, rule in self.rules}) == 1:
                self.closed.add(scope)
            else:  # which of the hours the exception speaks of is not told
                self._lose(*said)

    def _step(self, at: int) -> int:
        item = self.items[at]
        act = getattr(self, f"_on_{item.kind}", None)
        following = act(item, at) if act else None
        return following if isinstance(following, int) else at + 1

    def _peek(self, at: int, *skipped: str) -> Item | None:
        for item in self.items[at:]:
            if item.kind not in skipped:
                return item
        return None

    # -- days and spans

    def _on_days(self, item: Item, at: int) -> None:
        self.guessed = self.guessed or item.guessed
        if self.spans_first is None:
            self.spans_first = False
        current = self.current
        if self.day is not None:
            if any(day != self.day for day, _ in item.days):
                self._lose(item)
            elif any(rank for _, rank in item.days):
                self._open(item).days = list(item.days)
            return
        if self.spans_first and current and current.spans and not current.days:
            current.days, current.end = list(item.days), item.end
            return
        if self.spans_first and current and self.items[at - 1].kind != "break":
            self._lose(item)
            return
        self.spans_first = False
        self._finish()
        rule = self._open(item)
        rule.days = list(item.days)

    def _open(self, item: Item) -> Rule:
        if self.day is not None and self.current is not None:
            return self.current
        self.current = Rule(item.start, item.end)
        if self.day is not None:
            self.current.days = [(self.day, None)]
        return self.current

    def _on_spans(self, item: Item, _at: int) -> None:
        self.guessed = self.guessed or item.guessed
        if self.spans_first is None:
            self.spans_first = self.day is None
        if self.spans_first and (self.current is None or self.current.days):
            self._finish()
            self.current = Rule(item.start, item.end)
        if self.current is None and self.day is not None:
            self._open(item)
        current = self.current
        if current is None or (current.appointment and current.spans):
            self._lose(item)
            return
        current.announced = current.announced or not item.value
        current.spans += item.value
        current.end = item.end

    def _on_colon(self, _item: Item, _at: int) -> None:
        if self.current and not self.current.spans:
            self.current.announced = True

    def _on_single(self, item: Item, _at: int) -> None:
        self._lose(item)

    def _on_unknown(self, item: Item, _at: int) -> None:
        self._lose(item)

    def _lose(self, *items: Item) -> None:
        self.unread.append((items[0].start, items[-1].end))

    # -- morning and afternoon

    def _on_half(self, item: Item, at: int) -> None:
        following = self._peek(at + 1, "colon", "open", "close")
        before = self.current.spans[-1] if self.current and self.current.spans else None
        after = following.value[0] if following and following.kind == "spans" else None
        if any(span and fits(item.value, span) for span in (after, before)):
            return
        if self.current and self.current.days and before is None and after is None:
            self.current.half = item.value
            self.current.end = item.end
            return
        self._lose(item)

    # -- exceptions

    def _on_open(self, _item: Item, at: int) -> int | None:
        inside = self.items[at + 1 : at + 4]
        kinds = [one.kind for one in inside]
        if kinds == ["days", "single", "close"]:
            days, single = inside[0], inside[1]
        elif kinds == ["single", "days", "close"]:
            single, days = inside[0], inside[1]
        else:
            return None
        if not self._end_at(days, single.value):
            self._lose(*inside[:2])
        return at + 4

    def _on_except(self, item: Item, at: int) -> int | None:
        following = self.items[at + 1 : at + 4]
        if not following:
            self._lose(item)
            return None
        if following[0].kind == "scope":
            self.excepted.append((following[0].value, item, following[0]))
            return at + 2
        if following[0].kind != "days":
            self._lose(item)
            return None
        return self._except_days(item, following, at)

    def _except_days(self, item: Item, following: list[Item], at: int) -> int:
        days, *rest = following
        kind = rest[0].kind if rest else ""
        waiting = self.current and self.current.days and not self.current.spans
        if kind == "half":
            if not self._remove(days, rest[0].value, strict=True):
                self._lose(item, rest[0])
            return at + 3
        if kind == "single":
            if not self._end_at(days, rest[0].value):
                self._lose(item, rest[0])
            return at + 3
        if kind == "spans" and not waiting:
            if not self._replace(days, rest[0].value):
                self._lose(item, rest[0])
            return at + 3
        if not self._remove(days, None, strict=True):
            self._lose(item, days)
        return at + 2

    def _on_closed(self, item: Item, at: int) -> int | None:
        following = self._peek(at + 1, "colon")
        kind = following.kind if following else ""
        after = self.items.index(following) + 1 if following else at + 1
        if following is not None and kind == "scope":
            self.closed.add(following.value)
        elif following is not None and kind in ("single", "unknown"):
            self._lose(item, following)
        elif self.day is not None:
            self.shut = True
            after = at + 2 if kind == "half" else at + 1
        else:
            after = self._closed_where(item, following, at)
        return after

    def _closed_where(self, item: Item, following: Item | None, at: int) -> int:
        """Read « samedi fermé », « fermé le samedi », or « fermé » alone."""
        current, kind = self.current, following.kind if following else ""
        if current and current.days and not current.spans and kind != "spans":
            self.current = None
            pairs = lexicon.Item("days", current.start, item.end, days=current.days)
            return self._closed_days(item, pairs, at + 1)
        if following is not None and kind == "days":
            return self._closed_days(item, following, self.items.index(following) + 1)
        if kind in ("", "break") and not self.rules and current is None:
            self.shut = True
        else:
            self._lose(item)
        return at + 1

    def _closed_days(self, item: Item, days: Item, at: int) -> int:
        half = self.items[at] if at < len(self.items) else None
        if half is not None and half.kind == "half":
            if not self._remove(days, half.value, strict=False):
                self._lose(item, half)
            return at + 1
        if any(rank for _, rank in days.days):
            self._lose(item, days)
        else:
            self._remove(days, None, strict=False)
        return at

    def _concerned(self, days: Item) -> list[Rule]:
        """Return the rules of this season, each day that is excepted in a rule of its own."""
        chosen = {day for day, _ in days.days}
        if any(rank for _, rank in days.days):
            return []
        everything = [rule for scope, rule in self.rules if scope == self.scope]
        found = []
        for rule in [*everything, *([self.current] if self.current else [])]:
            mine = [pair for pair in rule.days if pair[0] in chosen]
            if not mine or rule.closed:
                continue
            if len(mine) == len(rule.days):
                found.append(rule)
                continue
            rule.days = [pair for pair in rule.days if pair[0] not in chosen]
            apart = Rule(rule.start, rule.end, mine, list(rule.spans), rule.appointment)
            self.rules.append((self.scope, apart))
            found.append(apart)
        return found

    def _remove(self, days: Item, half: str | None, *, strict: bool) -> bool:
        """Take days, or half days, off the rules; « strict » when they must have been open."""
        if half is None:
            rules = self._concerned(days)
            for rule in rules:
                rule.closed = True
            return bool(rules) or not strict
        if len(days.days) > 1 or half == "soir":
            return False
        if not all(cut(rule.spans, half) is not None for rule in self._holding(days)):
            return False
        rules = self._concerned(days)
        for rule in rules:
            rule.spans = cut(rule.spans, half) or []
            rule.closed = not rule.spans
        return bool(rules)

    def _holding(self, days: Item) -> list[Rule]:
        chosen = {day for day, _ in days.days}
        rules = [rule for scope, rule in self.rules if scope == self.scope]
        rules += [self.current] if self.current else []
        return [rule for rule in rules if any(day in chosen for day, _ in rule.days)]

    def _end_at(self, days: Item, time: int) -> bool:
        """Change the closing time of days, « (vendredi 16h30) »."""
        holding = self._holding(days)
        if len(holding) != 1 or not holding[0].spans or time <= max(holding[0].spans)[0]:
            return False
        for rule in self._concerned(days):
            spans = sorted(rule.spans)
            rule.spans = [*spans[:-1], (spans[-1][0], time)]
        return True

    def _replace(self, days: Item, spans: list[Span]) -> bool:
        rules = self._concerned(days)
        for rank, rule in enumerate(rules):
            rule.spans = list(spans)
            rule.closed = rank > 0
        return bool(rules)

    # -- seasons, weeks and appointments

    def _on_scope(self, item: Item, at: int) -> None:
        following = self._peek(at + 1, "colon", "break", "open", "closed")
        leads = following is not None and following.kind in ("days", "spans", "half")
        begins = not self.rules and self.current is None
        before = self.items[at - 1].kind if at else "break"
        after = self.items[at + 1].kind if at + 1 < len(self.items) else ""
        if item.value == "PH" or self.day is not None:
            self._lose(item)
        elif leads and (begins or before == "break" or after in ("colon", "break")):
            self._finish()
            self.scope = item.value
            self.spans_first = None
        elif following is None and not self.rules and self.scope == "" and self._sole_span():
            self.scope = item.value
        else:
            self._lose_with_time(item, at)

    def _sole_span(self) -> bool:
        return self.current is not None and len(self.current.spans) == 1

    def _lose_with_time(self, item: Item, at: int) -> None:
        """Lose a season with the time it goes with: « 17h pendant les vacances scolaires »."""
        before = self.items[at - 1] if at else None
        if before is not None and self.unread and self.unread[-1] == (before.start, before.end):
            self.unread[-1] = (before.start, item.end)
        else:
            self._lose(item)

    def _on_weeks(self, item: Item, _at: int) -> None:
        spans = sum(one.kind == "spans" for one in self.items)
        sole = sum(len(one.value) for one in self.items if one.kind == "spans") == 1
        days = sum(one.kind == "days" for one in self.items) <= 1
        begins = self.current is None or not self.current.spans
        if (
            self.weeks is not None
            or self.rules
            or not days
            or not (sole or (begins and spans == 1))
        ):
            self._lose(item)
        else:
            self.weeks = item.value if item.value in ("odd", "even") else "fortnight"

    def _on_free(self, item: Item, _at: int) -> None:
        if any(one.kind == "rdv" for one in self.items):
            self._lose(item)  # part of the hours only is by appointment

    def _on_also(self, _item: Item, _at: int) -> None:
        self.also_appointment = True

    def _on_rdv(self, item: Item, at: int) -> int | None:
        current = self.current
        ended = at == 0 or self.items[at - 1].kind == "break"
        told = self.items[at + 1 : at + 3]
        told = told[1:] if told and told[0].kind == "colon" else told[:1]
        spoken = len(current.spans) if current else 0
        if spoken and told and told[0].kind in ("spans", "half"):
            self._lose(item, told[0])
            return self.items.index(told[0]) + 1
        if spoken and self.items[at - 1].kind == "half":
            self._lose(self.items[at - 1], item)
        elif current is None and not self.rules:
            self.appointment = True
        elif current is None or self._leads_on(item, at) or self._partial(spoken, ended):
            self._lose(item)
        else:
            current.appointment = True
            current.end = item.end
        return None

    def _partial(self, spoken: int, ended: bool) -> bool:
        """Whether « sur rendez-vous » may speak of a part only of what was told before."""
        return bool(self.rules) if ended else spoken > 1

    def _leads_on(self, item: Item, at: int) -> bool:
        """Whether « sur rendez-vous » may speak of what follows, or be told besides the hours."""
        if not (self.current and self.current.spans):
            return False
        following = self.items[at + 1] if at + 1 < len(self.items) else None
        between = self.text[item.end : following.start] if following else "."
        told_after = following is not None and following.kind == "days" and "," not in between
        besides = self.text[: item.start].rstrip().lower().endswith(" et")
        return besides or (told_after and not set(between) & set(";/|-)\n"))

    # -- the end of a rule

    def _finish(self) -> None:
        rule, self.current = self.current, None
        if rule is None:
            return
        if rule.spans and not rule.days:
            self.remarks.append(NO_DAYS)
        elif rule.spans or rule.closed or rule.appointment:
            self.rules.append((self.scope, rule))
        elif rule.announced and (self.rules or self.day is not None) and not rule.half:
            self.guessed = True  # « samedi : » with nothing after, in a list of all the days
        else:
            self.unread.append((rule.start, rule.end))
