"""The comité de pilotage: its seats, its meetings, their pack, what people concerned say to it."""
