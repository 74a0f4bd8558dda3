"""Who works with whom: the network of the actors of a territory, their directory and news."""
