"""A démarche and its day: tasks, papers, board of the room, report, file carried."""
