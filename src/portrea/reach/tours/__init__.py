"""Rounds of a bus, a camping-car, a home-help agent or a maraude: which stop, which day, when.

The door of this part of the room:

- :mod:`.stops` what is asked (``Stop``, ``Crew``, ``TourRequest``), :mod:`.reading` from a table;
- :mod:`.rhythm` « tous les trois mois, entre le 15 et le 20 », and :mod:`.dates` its dates;
- :mod:`.solving` ``plan_tour(request) -> Plan``, :mod:`.replanning` ``replan(request, previous)``;
- :mod:`.plan` the answer, :mod:`.explaining` why a stop does not fit and the least to change.
"""
