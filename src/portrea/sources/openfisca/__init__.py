"""OpenFisca-France in a process of its own: asked in lines, bounded in time and memory."""
