"""What puts a server under load: a client of bare sockets, and a bare site beside it."""
